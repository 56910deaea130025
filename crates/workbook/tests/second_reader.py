"""Reads a workbook with nothing but Python's standard library, and prints its cells as JSON.

A second reader, so that what we write is not only read by what we wrote ourselves.
"""

import json
import re
import sys
import xml.etree.ElementTree as xml
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def column(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def unescaped(text):
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def value(cell):
    kind = cell.get("t", "n")
    if cell.find(MAIN + "f") is not None:
        return "formula"
    if kind == "inlineStr":
        return unescaped("".join(text.text or "" for text in cell.iter(MAIN + "t")))
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}[cell.find(MAIN + "v").text]
    if kind == "n":
        return cell.find(MAIN + "v").text
    raise ValueError(f"a cell of type {kind}")


def sheets(book):
    targets = {
        relation.get("Id"): relation.get("Target")
        for relation in xml.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    }
    for sheet in xml.fromstring(book.read("xl/workbook.xml")).iter(MAIN + "sheet"):
        page = xml.fromstring(book.read("xl/" + targets[sheet.get(RELATION)]))
        frozen = page.find(f".//{MAIN}pane[@state='frozen']")
        lists = [rule.find(MAIN + "formula1").text for rule in page.iter(MAIN + "dataValidation")]
        cells = []
        for cell in page.iter(MAIN + "c"):
            letters, row = re.fullmatch("([A-Z]+)([0-9]+)", cell.get("r")).groups()
            cells.append([int(row), column(letters), value(cell)])
        yield {"name": sheet.get("name"), "frozen": frozen.get("ySplit"), "lists": lists, "cells": cells}


with zipfile.ZipFile(sys.argv[1]) as file:
    if file.testzip() is not None:
        sys.exit("damaged")
    json.dump(list(sheets(file)), sys.stdout)
