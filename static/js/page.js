/** What every page has: menus, the choice of light or dark, and for learners the tray of their work. */

import { wireMenus } from "./menu.js";
import { wireTheme } from "./theme.js";
import { Tray } from "./tray.js";

wireMenus(document.querySelectorAll("details[data-menu]"));
wireTheme(document.querySelector("form[data-theme-form]"));

const tray = document.querySelector("[data-tray]");
if (tray) new Tray(tray, document.querySelector("[data-flash]")).start();
