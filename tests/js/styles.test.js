/** The style sheets stay in the page once their component was shown: a class that one of them styles wherever it stands must be no other's. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

const FOLDER = new URL("../../assets/css/", import.meta.url);
const SHARED = "tokens.css"; // comes with every component, and is meant for all

const SHEETS = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".css") && name !== SHARED)
  .map((name) => ({ name, css: readFileSync(new URL(name, FOLDER), "utf8") }))
  .map((sheet) => ({ ...sheet, selectors: selectorsOf(sheet.css) }));

/** Each selector of a style sheet, a list of them taken apart. @param {string} css */
function selectorsOf(css) {
  const heads = css.replace(/\/\*[^]*?\*\//g, "").match(/[^{};]+(?=\{)/g) ?? [];
  return heads.filter((head) => !head.trim().startsWith("@")).flatMap((head) => head.split(/,(?![^(]*\))/)).map((each) => each.trim());
}

/** @param {string} text */
const classesOf = (text) => text.match(/\.pg-[\w-]+/g) ?? [];

test("a class that leads a selector is styled by one sheet alone", () => {
  for (const { name, selectors } of SHEETS) {
    const leading = new Set(selectors.filter((each) => /^(:is\()?\.pg-/.test(each)).map((each) => classesOf(each)[0]));
    for (const other of SHEETS.filter((each) => each.name !== name)) {
      const theirs = other.selectors.map((each) => each.replace(/:has\([^)]*\)/g, "")).flatMap(classesOf);
      assert.deepEqual(theirs.filter((each) => leading.has(each)), [], `${name} also changes what ${other.name} styles`);
    }
  }
});

test("what looks like a button or a field is styled in one place", () => {
  for (const { name, css } of SHEETS) {
    const alike = css.match(/[^{}]+\{[^{}]*\}/g)?.filter((rule) => rule.includes("min-height: var(--pg-target)") && rule.includes("border: 1px solid"));
    assert.deepEqual(alike, [], `${name}: give it the class pg-button or pg-input of ${SHARED}`);
  }
});

test("selectors are taken apart", () => {
  const css = "/* .pg-a */ @media (x) { .pg-b > i,\n .pg-c:is(p, .pg-d) { color: red; } }";
  assert.deepEqual(selectorsOf(css), [".pg-b > i", ".pg-c:is(p, .pg-d)"]);
});
