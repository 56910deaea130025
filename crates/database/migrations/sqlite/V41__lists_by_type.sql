-- A list of parts of every type is one list for each: what is asked of all is found by the indexes that begin with it.
DROP INDEX part_number;
