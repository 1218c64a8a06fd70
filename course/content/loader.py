"""A module's folder as one frozen module, or everything that is wrong with it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from course.content import blockfile, pictures, yamltree
from course.content.blockfile import BlockText
from course.content.canonical import digest
from course.content.files import Folder, read_folder
from course.content.findings import ContentError, Finding, errors
from course.content.schema import BlockKind, Module
from course.content.yamltree import Plain, Tree

ELSEWHERE = {
    "scenarios": "Scenarios stand in scenarios/, one file each.",
    "skins": "Skins stand in skins/, one file each.",
    "reflections": "Reflections stand in reflections/, one file each.",
    "pictures": "Pictures are found in img/ by themselves.",
}
LONGEST_HANDOUT = 10_000
"""Characters: more than three printed pages, which no card and no poster is."""
SENTENCES = {
    "missing": "`{key}` is missing.",
    "extra_forbidden": "The key `{key}` is not known here.",
    "union_tag_not_found": "`kind` is missing.",
}


@dataclass(frozen=True)
class Lines:
    """Where everything of a module is written: file and line of any part."""

    trees: dict[str, Tree]
    texts: dict[str, BlockText]
    written: dict[str, str]
    """Every text file as it stands in the folder."""

    def line(self, file: str, path: Iterable[str | int] = ()) -> int:
        tree = self.trees.get(file)
        return tree.line(path) if tree else 1

    def block_line(self, file: str, part: str) -> int:
        """Give the line on which a part of a block's file begins."""
        return self.texts[file].lines.get(part, 1) if file in self.texts else 1


@dataclass(frozen=True)
class LoadedModule:
    """A module with the bytes of its pictures (by hash), its lines, and what could be better."""

    module: Module
    pictures: dict[str, bytes]
    lines: Lines
    warnings: tuple[Finding, ...] = ()


def load_module(folder: Path) -> Module:
    """Load the module in a folder. Raises ``ContentError`` with all findings."""
    return load(folder).module


def load(folder: Path) -> LoadedModule:
    """Load the module in a folder with its pictures and lines. Raises ``ContentError``."""
    return _Loading(read_folder(folder), folder.name).load()


@dataclass
class _Loading:
    """One loading: collects findings until the end, then gives all of them or the module."""

    folder: Folder
    name: str
    trees: dict[str, Tree] = field(default_factory=dict)
    texts: dict[str, BlockText] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)
    """For scenarios, skins and reflections: the files in the order in which the module lists them."""

    def load(self) -> LoadedModule:
        findings = self.folder.findings
        if "module.yaml" not in self.folder.texts:
            if not any(finding.file == "module.yaml" for finding in findings):
                self.folder.find("module.yaml", "This file is missing.", "no-module")
            raise ContentError(findings)
        for file in self.folder.texts:
            if file.endswith(".yaml"):
                self._parse(file)
        module = self._validate(self._assemble())
        for text in self.texts.values():
            findings.extend(text.findings)
        if module is None or errors(findings):
            raise ContentError(findings)
        kept = {digest(data): data for data in self.folder.pictures.values()}
        return LoadedModule(module, kept, Lines(self.trees, self.texts, self.folder.texts), tuple(sorted(findings)))

    def _parse(self, file: str) -> None:
        try:
            tree = yamltree.parse(self.folder.texts[file], file)
        except ContentError as error:
            self.folder.findings.extend(error.findings)
            return
        if not isinstance(tree.data, dict):
            self.folder.find(file, "This file should be keys with values.", "schema")
            return
        self.trees[file] = tree

    def _assemble(self) -> dict[str, Plain] | None:
        """Put the data of all files in the shape of a module."""
        if "module.yaml" not in self.trees:
            return None
        data = dict(cast("dict[str, Plain]", self.trees["module.yaml"].data))
        for key, message in ELSEWHERE.items():
            if key in data:
                line = self.trees["module.yaml"].line([key])
                self.folder.find("module.yaml", message, "elsewhere", line)
        if isinstance(data.get("slug"), str) and data["slug"] != self.name:
            message = f"The slug `{data['slug']}` differs from the folder's name `{self.name}`."
            line = self.trees["module.yaml"].line(["slug"])
            self.folder.find("module.yaml", message, "slug", line)
        data["blocks"] = self._blocks(data.get("blocks"))
        if data["blocks"] is None:
            del data["blocks"]
        for room in ("scenarios", "skins", "reflections"):
            data[room] = self._documents(room)
        data["pictures"] = self._pictures()
        if "handouts" in data:
            data["handouts"] = self._handouts(data["handouts"])
        self._find_extra("handouts", data.get("handouts"), "No handout of module.yaml has this name.", "handout-extra")
        return data

    def _blocks(self, blocks: Plain) -> Plain:
        if not isinstance(blocks, list):
            return blocks
        self._find_extra("blocks", blocks, "No block of module.yaml has this name.", "block-extra")
        return [self._block(block, place) for place, block in enumerate(blocks)]

    def _block(self, block: Plain, place: int) -> Plain:
        if not isinstance(block, dict):
            return block
        line = self.trees["module.yaml"].line
        for key in ("learner", "facilitator"):
            if key in block:
                message = f"`{key}` stands in the block's own file in blocks/."
                found = line(["blocks", place, key])
                self.folder.find("module.yaml", message, "elsewhere", found)
        file = f"blocks/{block.get('id')}.md"
        is_break = block.get("kind") == BlockKind.BREAK.value
        if file not in self.folder.texts:
            unreadable = any(finding.file == file for finding in self.folder.findings)
            if not is_break and not unreadable:
                message = f"The file {file} of this block is missing."
                found = line(["blocks", place, "id"])
                self.folder.find("module.yaml", message, "block-missing", found)
            return block
        text = self.texts[file] = blockfile.parse(self.folder.texts[file], file)
        minutes = block.get("minutes")
        if not is_break and isinstance(minutes, int):
            blockfile.require_whole(text, minutes)
        parts = text.facilitator.model_dump(mode="json")
        return {**block, "learner": text.learner, "facilitator": parts}

    def _find_extra(self, room: str, entries: Plain, message: str, code: str) -> None:
        """Find the files of a folder that no entry of module.yaml names."""
        listed = entries if isinstance(entries, list) else []
        wanted = {f"{room}/{entry.get('id')}.md" for entry in listed if isinstance(entry, dict)}
        for file in sorted(self.folder.texts):
            if file.startswith(f"{room}/") and file not in wanted:
                self.folder.find(file, message, code)

    def _handouts(self, handouts: Plain) -> Plain:
        if not isinstance(handouts, list):
            return handouts
        return [self._handout(handout, place) for place, handout in enumerate(handouts)]

    def _handout(self, handout: Plain, place: int) -> Plain:
        if not isinstance(handout, dict):
            return handout
        line = self.trees["module.yaml"].line
        if "text" in handout:
            message = "`text` stands in the handout's own file in handouts/."
            self.folder.find("module.yaml", message, "elsewhere", line(["handouts", place, "text"]))
        file = f"handouts/{handout.get('id')}.md"
        text = self.folder.texts.get(file)
        if text is None:
            if not any(finding.file == file for finding in self.folder.findings):
                message = f"The file {file} of this handout is missing."
                self.folder.find("module.yaml", message, "handout-missing", line(["handouts", place, "id"]))
            return handout
        if not text.strip():
            self.folder.find(file, "This handout is empty.", "handout-empty")
        elif len(text) > LONGEST_HANDOUT:
            message = f"A handout has at most {LONGEST_HANDOUT} characters; this one has {len(text)}."
            self.folder.find(file, message, "handout-long")
        return {**handout, "text": text.rstrip()}

    def _documents(self, room: str) -> list[Plain]:
        files = sorted(file for file in self.trees if file.startswith(f"{room}/"))
        self.order[room] = files
        for file in files:
            data = cast("dict[str, Plain]", self.trees[file].data)
            name = PurePosixPath(file).stem
            if data.get("id") != name and isinstance(data.get("id"), str):
                message = f"The id `{data['id']}` differs from the file's name `{name}`."
                self.folder.find(file, message, "id-name", self.trees[file].line(["id"]))
        return [self.trees[file].data for file in files]

    def _pictures(self) -> list[Plain]:
        found: list[Plain] = []
        for file, data in sorted(self.folder.pictures.items()):
            kind = pictures.media_type(data)
            if kind is None:
                message = "This is no PNG, JPEG, WebP or SVG picture."
                self.folder.find(file, message, "picture-type")
            elif kind != pictures.by_name(file):
                message = f"The name of this picture does not say what it is: {kind}."
                self.folder.find(file, message, "picture-type")
            else:
                for line, message in pictures.svg_refusals(data) if "svg" in kind else ():
                    self.folder.find(file, message, "picture-unsafe", line)
                found.append({"path": file, "hash": digest(data), "media_type": kind})
        return found

    def _validate(self, data: dict[str, Plain] | None) -> Module | None:
        if data is None:
            return None
        try:
            # As JSON, because strict JSON turns lists into tuples and nothing else into anything.
            return Module.model_validate_json(json.dumps(data), strict=True)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                self.folder.findings.append(self._schema_finding(details))
            return None

    def _schema_finding(self, details: ErrorDetails) -> Finding:
        file, path = self._place(details["loc"])
        line = self.trees[file].line(path) if file in self.trees else 1
        keys = [part for part in path if isinstance(part, str)]
        sentence = SENTENCES.get(details["type"])
        if sentence:
            message = sentence.format(key=keys[-1] if keys else "")
        else:
            key = f"`{keys[-1]}`: " if keys else ""
            message = f"{key}{details['msg'].rstrip('.')}."
        return Finding(file, line, message, "schema")

    def _place(self, loc: tuple[str | int, ...]) -> tuple[str, tuple[str | int, ...]]:
        """Find the file, and the path in it, that a place in the whole module comes from."""
        if len(loc) > 1 and isinstance(loc[1], int) and loc[0] in self.order:
            return self.order[str(loc[0])][loc[1]], loc[2:]
        if loc[:1] == ("pictures",) and len(loc) > 1 and isinstance(loc[1], int):
            return sorted(self.folder.pictures)[loc[1]], ()
        return "module.yaml", loc
