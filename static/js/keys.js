/* Single keys for officers. In a table with data-keys: J and K move, X selects, C claims, Enter opens. Anywhere: a
   control with data-key="a" is pressed by A, a field with data-key="/" is entered by /, ? leads to the list of keys.
   Keys work only while no field has the focus, never with Ctrl, Alt or Meta, and can be turned off (WCAG 2.1.4). */
"use strict";
(() => {
  const STORE = "portal-keys";
  const table = document.querySelector("table[data-keys]");
  const help = document.getElementById("keyhelp");

  const isOff = () => document.body.dataset.keys === "off";
  const rows = () => [...table.querySelectorAll("tbody tr")];
  const current = () => table && (table.querySelector("tbody tr.cur") || table.querySelector("tbody tr:target"));

  function remembered() {
    try {
      return localStorage.getItem(STORE);
    } catch {
      return null; // storage may be forbidden; the keys then follow the page
    }
  }

  function remember(value) {
    try {
      localStorage.setItem(STORE, value);
    } catch {
      return;
    }
  }

  function showSwitch() {
    const button = help && help.querySelector("[data-keys-switch]");
    if (!button) return;
    const paint = () => { button.textContent = isOff() ? button.dataset.on : button.dataset.off; };
    button.hidden = false;
    button.addEventListener("click", () => {
      document.body.dataset.keys = isOff() ? "on" : "off";
      remember(document.body.dataset.keys);
      paint();
    });
    paint();
  }

  function move(by) {
    const all = rows();
    if (!all.length) return;
    const from = all.indexOf(current());
    const to = Math.min(Math.max(from + by, 0), all.length - 1);
    for (const row of all) row.classList.toggle("cur", row === all[to]);
    const link = all[to].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    all[to].scrollIntoView({ block: "nearest" });
  }

  function pressIn(row, selector) {
    const control = row && row.querySelector(selector);
    if (!control || control.disabled) return false;
    control.click();
    return true;
  }

  const inTable = {
    j: () => move(1),
    k: () => move(-1),
    x: () => pressIn(current(), "input[type=checkbox]"),
    c: () => pressIn(current(), "[data-claim]"),
    enter: () => pressIn(current(), "a[href]"),
  };

  function pressNamed(key) {
    const control = [...document.querySelectorAll("[data-key]")].find((found) => found.dataset.key === key);
    if (!control || control.disabled) return false;
    if (control.matches("input, textarea, select")) control.focus();
    else control.click();
    return true;
  }

  function goToHelp() {
    if (!help) return false;
    help.focus();
    return true;
  }

  function isTyping(target) {
    return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  }

  document.addEventListener("keydown", (event) => {
    if (isOff() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (!(event.target instanceof HTMLElement) || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "enter" && event.target !== document.body) return; // Enter belongs to whatever has the focus
    if (key === "?" ? goToHelp() : pressNamed(key)) {
      event.preventDefault();
    } else if (table && inTable[key]) {
      inTable[key]();
      event.preventDefault();
    }
  });

  /* Buttons that act on ticked lines say how many: an element with data-count="Approve {n}". */
  const ticks = [...document.querySelectorAll("input[name=pick]")];
  const counters = [...document.querySelectorAll("[data-count]")];
  const unticked = new Map(counters.map((found) => [found, found.textContent]));

  function countTicks() {
    const number = ticks.filter((box) => box.checked).length;
    for (const found of counters) {
      found.textContent = number ? found.dataset.count.replace("{n}", number) : unticked.get(found);
    }
  }

  for (const box of ticks) box.addEventListener("change", countTicks);
  countTicks();

  document.body.dataset.keys = remembered() || document.body.dataset.keys || "on";
  showSwitch();
})();
