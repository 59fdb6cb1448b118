// Where the page begins.
import { render } from "preact";
import { start } from "./actions";
import { choose_language, remembered_language } from "./text";
import { App } from "./view/app";

const root = document.getElementById("app");
if (root) {
    start();
    void choose_language(remembered_language()).then(() => {
        root.textContent = "";
        render(<App />, root);
    });
}
