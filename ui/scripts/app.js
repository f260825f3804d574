// Small comforts. Everything works without them.
import { menus } from "./menus.js";
import { files } from "./files.js";
import { forms } from "./forms.js";
import { proposals } from "./proposals.js";
import { live } from "./live.js";
import { keys } from "./keys.js";

menus();
files();
forms();
proposals();
live();
keys();
