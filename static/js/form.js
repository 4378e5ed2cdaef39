/* The filing form when scripts run: saves by itself within three seconds, recomputes the changes beside a figure, keeps
   a copy on this computer while the line is dead. Posts to the address the Save button posts to; knows no indicator. */
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const PAUSE = 1500;
  const LONGEST_WAIT = 2800;
  const status = document.querySelector("[data-save-status]");
  const control = (name) => form.elements.namedItem(name);
  let waiting = null;
  let firstChange = 0;
  let isSaving = false;
  let isLeaving = false;

  const say = (text) => { status.textContent = text; };

  /* --- saving --- */

  function plan() {
    const now = Date.now();
    if (!waiting) firstChange = now;
    clearTimeout(waiting);
    waiting = setTimeout(save, Math.max(0, Math.min(PAUSE, firstChange + LONGEST_WAIT - now)));
  }

  async function save() {
    clearTimeout(waiting);
    waiting = null;
    if (isSaving || isLeaving) {
      if (isSaving) plan();
      return;
    }
    isSaving = true;
    say(form.dataset.saving);
    const sent = new FormData(form);
    const request = { method: "POST", body: sent, headers: { Accept: "application/json" }, redirect: "manual" };
    const answer = await fetch(form.dataset.autosave, request).catch(() => null);
    isSaving = false;
    if (!answer || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      keepCopy(sent);
      return;
    }
    take(await answer.json(), sent, answer.ok);
  }

  /* What the portal made of the texts (a unit, a grouping) replaces them, unless they were changed again meanwhile. */
  function take(told, sent, isKept) {
    say(told.status);
    if (!told.texts) return;
    if (isKept) dropCopy();
    const clashes = new Set(told.clashes);
    if (clashes.size) say(form.dataset.clash);
    else {
      control("draft_version").value = told.version;
      control("shown").value = JSON.stringify(told.texts);
    }
    for (const field of form.querySelectorAll("input.in-t[name]")) {
      const text = told.texts[field.name] || "";
      const isOld = field.value !== sent.get(field.name) || field === document.activeElement;
      if (!isOld && !clashes.has(field.name) && field.value !== text) field.value = text;
    }
    if (estimate && estimate.checked === (sent.getAll("estimate").pop() === "1")) estimate.checked = !!told.texts.estimate;
  }

  /* --- a copy on this computer, for one person and one filing --- */

  function keepCopy(sent) {
    const texts = {};
    for (const [name, value] of sent) {
      if (typeof value === "string" && name !== "csrf_token" && name !== "shown") texts[name] = value;
    }
    try {
      localStorage.setItem(form.dataset.copy, JSON.stringify(texts));
    } catch {
      /* no room: the page itself still holds everything */
    }
    say(form.dataset.unsaved);
    setTimeout(plan, 15000);
  }

  function dropCopy() {
    try {
      localStorage.removeItem(form.dataset.copy);
    } catch {
      /* nothing was kept */
    }
  }

  function putBack() {
    let texts = null;
    try {
      texts = JSON.parse(localStorage.getItem(form.dataset.copy));
    } catch {
      return;
    }
    if (!texts || texts.draft_version !== control("draft_version").value) {
      dropCopy(); // somebody saved since: the portal's figures are the newer ones
      return;
    }
    for (const field of form.querySelectorAll("input.in-t[name], textarea[name]")) {
      if (field.name in texts) field.value = texts[field.name];
    }
    say(form.dataset.restored);
    plan();
  }

  /* --- the changes beside a figure --- */

  const number = (text) => {
    const narrow = text.replace(/[\uff0b-\uff19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
    const plain = narrow.trim().replace("\u2212", "-");
    return /^-?(\d+|\d{1,3}([,\s]\d{3})+)(\.\d*)?$/.test(plain) ? Number(plain.replace(/[,\s]/g, "")) : null;
  };

  function change(value, past) {
    if (value === null || past === null || past <= 0) return "–";
    const percent = ((value - past) / past) * 100;
    const text = Math.abs(percent).toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return `${text === "0.0" ? "" : percent > 0 ? "+" : "\u2212"}${text}%`;
  }

  function recompute(field) {
    const row = field.closest("tr");
    const cells = row && row.querySelector(".chg");
    const typing = form.querySelector("input[name='typing']:checked");
    const scale = control("scale");
    if (!cells || (typing && typing.value === "ytd") || (scale && scale.value !== "TEN_THOUSAND")) return;
    const [quarter, year] = [...row.querySelectorAll(".past")].map((cell) => number(cell.textContent));
    const value = number(field.value);
    cells.querySelector("b").textContent = change(value, year);
    cells.querySelector("span").textContent = change(value, quarter);
  }

  /* Another figure in the row is nobody's estimate; what the portal made of the tick is shown as it stands. */
  const estimate = document.getElementById("estimate");
  if (estimate) control("f107").addEventListener("input", () => { estimate.checked = false; });

  form.addEventListener("input", plan);
  form.addEventListener("change", (event) => {
    // Another way of counting changes every figure on the page: the portal writes it anew.
    if (event.target.name === "typing") form.requestSubmit(form.querySelector("button[name='go']"));
    else if (event.target.matches(".cell input")) recompute(event.target);
  });
  form.addEventListener("submit", () => { isLeaving = true; });
  window.addEventListener("pageshow", () => { isLeaving = false; });
  window.addEventListener("online", plan);
  putBack();
})();
