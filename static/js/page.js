/** What every page has: menus and the choice of light or dark. */

import { wireMenus } from "./menu.js";
import { wireTheme } from "./theme.js";

wireMenus(document.querySelectorAll("details[data-menu]"));
wireTheme(document.querySelector("form[data-theme-form]"));
