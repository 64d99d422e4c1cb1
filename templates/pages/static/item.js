/* The item page. Every action is a form on the page that works without scripts; with them the hands stay on the keyboard, the page
   image follows the field, and nothing typed is lost. Each module is one idea; this one starts them in order. */
import "./facts.js";
import "./viewer.js";
import * as cards from "./cards.js";
import "./checking.js";
import "./verdicts.js";
import "./hands.js";
import "./history.js";
import "./strips.js";
import * as dialogs from "./dialogs.js";
import "./keys.js";
import * as snippet from "./snippet.js";

document.documentElement.classList.add("js");
snippet.begin();
cards.begin();
dialogs.begin();
