// Light, dark, or as the system has it.

const KEY = "collodi-theme";

/** Has this field choose the theme, which is kept in this browser. */
export function chooseThemeBy(field) {
  const apply = () => { document.documentElement.dataset.theme = field.value; };
  field.value = localStorage.getItem(KEY) ?? "system";
  if (field.value === "") field.value = "system";
  field.addEventListener("change", () => { localStorage.setItem(KEY, field.value); apply(); });
  apply();
}
