/* What every page does when scripts run: reads messages aloud, leads to errors, sends a form once, warns before the
   session ends, saves before the language changes. Without it every page still works. Knows no form and no queue. */
"use strict";
(() => {
  const FIVE_MINUTES = 5 * 60 * 1000;

  /* The error summary is what the person must hear first; a link of it leads into a group of choices. */
  function showErrors() {
    const summary = document.querySelector(".summary");
    if (!summary) return;
    document.title = (summary.dataset.prefix || "") + document.title;
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const goal = link && document.getElementById(link.hash.slice(1));
      if (!goal) return;
      const fold = goal.closest("details");
      if (fold) fold.open = true;
      const control = goal.matches("fieldset") ? goal.querySelector("input") : goal;
      event.preventDefault();
      control.scrollIntoView({ block: "center" });
      control.focus({ preventScroll: true });
    });
  }

  /* Messages that came with the page are in no live region a reader has heard: say them once it stands. */
  function sayFlashes() {
    const words = [...document.querySelectorAll(".flash")].map((flash) => flash.textContent.trim().replace(/\s+/g, " "));
    if (words.length) setTimeout(() => { document.getElementById("live").textContent = words.join(" "); }, 300);
  }

  function leaveToasts() {
    for (const toast of document.querySelectorAll(".toast[data-seconds]")) {
      const leave = () => {
        if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
        else toast.hidden = true;
      };
      setTimeout(leave, Number(toast.dataset.seconds) * 1000);
    }
  }

  /* The second press of a button posts nothing. Coming back to the page, or eight seconds (a download, a dead line),
     makes the form ready again. */
  function sendOnce() {
    const release = (form) => {
      delete form.dataset.sending;
      for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
    };
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
      if (form.dataset.sending) {
        event.preventDefault();
        return;
      }
      form.dataset.sending = "1";
      if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
      setTimeout(() => release(form), 8000);
    });
    window.addEventListener("pageshow", () => {
      for (const form of document.querySelectorAll("form[data-sending]")) release(form);
    });
  }

  /* <meta name="session-minutes"> says how long an idle session lives. The portal notes a visit at most every five
     minutes, so the session may end that much before its time: count as if it always did. */
  function watchSession() {
    const meta = document.querySelector("meta[name='session-minutes']");
    const bar = document.getElementById("session");
    if (!meta || !bar) return;
    const button = bar.querySelector("button");
    let ends;
    const start = (minutes) => { ends = Date.now() + minutes * 60000 - FIVE_MINUTES; };
    start(Number(meta.content));
    setInterval(() => { bar.hidden = ends - Date.now() > FIVE_MINUTES; }, 15000);
    button.addEventListener("click", async () => {
      const answer = await fetch(button.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) {
        location.reload(); // signed out already: the reload leads to the sign-in page and back
        return;
      }
      start((await answer.json()).minutes);
      bar.hidden = true;
    });
  }

  /* A form with data-autosave="<address>" is saved before the language changes; if that fails the person decides. */
  function saveBeforeLanguage() {
    document.addEventListener("click", async (event) => {
      const link = event.target.closest("a.js-lang");
      const form = document.querySelector("form[data-autosave]");
      if (!link || !form || link.dataset.again) return;
      event.preventDefault();
      const url = form.dataset.autosave || form.getAttribute("action") || location.href;
      const request = { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } };
      const answer = await fetch(url, request).catch(() => null);
      if (answer && answer.ok) {
        location.assign(link.href);
        return;
      }
      link.dataset.again = "1"; // the second press goes on without saving
      document.getElementById("live").textContent = form.dataset.unsaved || "";
      const shown = document.querySelector("[data-save-status]");
      if (shown) shown.textContent = form.dataset.unsaved || "";
    });
  }

  function smallThings() {
    for (const button of document.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
    for (const box of document.querySelectorAll("input[data-check-all]")) {
      const boxes = () => document.querySelectorAll(`input[name="${box.dataset.checkAll}"]:not(:disabled)`);
      box.addEventListener("change", () => { for (const other of boxes()) other.checked = box.checked; });
    }
  }

  /* Strips that scroll sideways on telephones begin where one is, not at their first entry. */
  function showWhere() {
    for (const here of document.querySelectorAll(".side [aria-current], .tabs [aria-current]")) {
      const strip = here.closest(".side ul, .tabs");
      if (!strip) continue;
      const [inner, outer] = [here.getBoundingClientRect(), strip.getBoundingClientRect()];
      if (inner.right > outer.right) strip.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    }
  }

  showErrors();
  showWhere();
  sayFlashes();
  leaveToasts();
  sendOnce();
  watchSession();
  saveBeforeLanguage();
  smallThings();
})();
