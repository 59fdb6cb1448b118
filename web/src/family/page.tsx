// The family's pages: which one is shown, and what stands there while the file is not loaded yet.
import { place } from "../store";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { AttachPage } from "./attach";
import { ChildPage } from "./child";
import { ConfirmPage } from "./confirm";
import { file, file_load, load_file } from "./file";
import { PortalPage } from "./portal";
import { PrivacyPage } from "./privacy";
import { ProfilePage } from "./profile";
import { ReadinessPage } from "./readiness";
import { RegisterPage } from "./register";

export function Page() {
    const { page, args } = place.value;
    if (page === "confirm") return <ConfirmPage key={args[0]} token={args[0] ?? ""} />;
    if (file.value === null) return file_load.value === "failed" ? <Failed /> : <Loading />;
    // S9: who is not registered yet does that first, whatever the address says.
    if (!file.value.parent.registered && page !== "privacy") return <RegisterPage family={file.value} />;
    switch (page) {
        case "register": return <RegisterPage family={file.value} />;
        case "profile": return <ProfilePage family={file.value} />;
        case "child": return <ChildPage key={args[0]} family={file.value} id={args[0] === "new" ? null : Number(args[0])} />;
        case "attach": return <AttachPage />;
        case "readiness": return <ReadinessPage family={file.value} />;
        case "privacy": return <PrivacyPage family={file.value} />;
        default: return <PortalPage family={file.value} />;
    }
}

function Failed() {
    return (
        <div class="empty" role="alert">
            <Icon name="alert" large />
            <p>{base("error.no_answer")}</p>
            <button type="button" class="button" onClick={() => void load_file()}>{base("action.retry")}</button>
        </div>
    );
}
