/** Light or dark without loading the page again; the server keeps the choice in a cookie. */

export function wireTheme(form) {
  form?.addEventListener("submit", (event) => {
    if (!event.submitter?.value) return;
    event.preventDefault();
    choose(form, event.submitter);
  });
}

function choose(form, button) {
  const kept = fetch(form.action, { method: "POST", body: new FormData(form, button), redirect: "manual" });
  kept.catch(() => {}); // It is shown all the same, and asked again on the next visit.
  show(button.value);
  for (const each of form.querySelectorAll("[aria-pressed]")) {
    each.setAttribute("aria-pressed", String(each === button));
  }
  form.closest("details").open = false;
  form.closest("details").querySelector("summary").focus();
}

function show(theme) {
  const { dataset } = document.documentElement;
  if (theme === "auto") delete dataset.theme;
  else dataset.theme = theme;
  document.querySelector("meta[name=color-scheme]").content = theme === "auto" ? "light dark" : theme;
}
