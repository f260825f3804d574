// Small comforts. Everything works without them.
import { menus } from "./menus.js";
import { files } from "./files.js";
import { forms } from "./forms.js";
import { proposals } from "./proposals.js";
import { live } from "./live.js";

menus();
files();
forms();
proposals();
live();
