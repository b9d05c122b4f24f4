import assert from "node:assert/strict";
import { test } from "node:test";

import { leads } from "../../assets/js/leaving.js";

const HERE = "https://play.example/playground?spec=abc";
const click = (href, more = {}) => ({ button: 0, target: { closest: () => (href === null ? null : { href, hasAttribute: (name) => name in (more.link ?? {}), ...more.link }) }, ...more });

test("a link to another page of the app leads away", () => {
  assert.equal(leads(click("https://play.example/data"), HERE), true);
});

test("what stays here, opens beside or goes elsewhere does not", () => {
  for (const event of [
    click("https://play.example/playground#top"),
    click("https://elsewhere.example/data"),
    click("https://play.example/data", { ctrlKey: true }),
    click("https://play.example/data", { button: 1 }),
    click("https://play.example/data", { link: { target: "_blank" } }),
    click("https://play.example/data", { link: { download: "data.csv" } }),
    click(null),
  ]) assert.equal(leads(event, HERE), false);
});
