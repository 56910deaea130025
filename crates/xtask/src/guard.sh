# Keeps watch over one PostgreSQL server: stops it and removes its folder when our standard input ends, which it
# does when xtask is done with the server, and also when xtask is killed.
programs=$1
folder=$2

# A request to stop is meant for xtask; we stop when it has.
trap '' HUP INT QUIT TERM
while read -r _; do :; done

"$programs/pg_ctl" stop --silent --mode=fast --pgdata="$folder/data" ||
    "$programs/pg_ctl" stop --silent --mode=immediate --pgdata="$folder/data"
rm -rf "$folder"
