// Health sheets in the browser: a child's, a step of it, and whole answers to the demo's questions.

/** The first child of the parent's family. */
export async function sheet_of(parent, index = 0) {
    const me = await parent.page.evaluate(async () => (await fetch('/api/v1/me')).json());
    return me.children[index].id;
}

export async function open_step(parent, child, step) {
    await parent.page.evaluate((hash) => { location.hash = hash; }, `sheet/${child}/${step}`);
    await parent.page.locator(`[data-testid="step-${step}"][aria-current="step"]`).waitFor();
    await parent.appears(step === 'check' ? 'validate' : 'section');
}

/** Until the page says that it saved, and nothing waits. */
export function saved(parent) {
    return parent.becomes('save-state', 'saved');
}

/** What this tab keeps of a child's sheet, as text, or null. */
export function kept_by(parent, child) {
    return parent.page.evaluate((id) => sessionStorage.getItem(`campgate.typed.sheet.${id}`), child);
}

/** What is asked of everybody, by step; "no" wherever yes would ask for more. */
export const answers = {
    health: { choose: { blood_group: 'a_pos' }, check: { tetanus: 'no', operation: 'no', disability: 'none' }, clear: ['weight'] },
    allergies: { check: { allergic: 'no', diet: 'no' } },
    medicines: { check: { takes_medicines: 'no' } },
    everyday: { check: { avoid: 'no' }, first: ['swims'] },
    doctor: { fill: { doctor_name: 'Dr Maes', doctor_phone: '04 376 12 34' } },
    contacts: { check: { goes_home_alone: 'no' }, items: true },
    consents: { tick: ['urgent_care', 'data_use', 'accurate'] },
};

/** Answers every mandatory question, step by step by the button, up to the last step. */
export async function answer_sheet(parent, child) {
    const { page } = parent;
    await open_step(parent, child, 'health');
    for (const [step, { choose = {}, check = {}, fill = {}, tick = [], first = [], clear = [], items }] of Object.entries(answers)) {
        await page.locator(`[data-testid="step-${step}"][aria-current="step"]`).waitFor();
        for (const [id, value] of Object.entries(choose)) await page.locator(`#q-${id}`).selectOption(value);
        for (const [id, value] of Object.entries(check)) await page.locator(`input[name="q-${id}"][value="${value}"]`).check();
        for (const id of first) await page.locator(`#q-${id}`).check();
        for (const id of clear) await page.locator(`#q-${id}`).fill('');
        for (const [id, value] of Object.entries(fill)) await page.locator(`#q-${id}`).fill(value);
        for (const id of tick) await page.locator(`#q-${id}`).check();
        if (items) await add_contacts(page);
        await parent.at('next').click();
    }
    await parent.appears('validate');
}

async function add_contacts(page) {
    for (const [n, name] of ['Marie Lambert', 'Luc Maes'].entries()) {
        if (await page.locator(`#q-contacts-${n}-name`).count() === 0) await page.getByTestId('add-contacts').click();
        await page.locator(`#q-contacts-${n}-name`).fill(name);
        await page.locator(`#q-contacts-${n}-relation`).fill('famille');
        await page.locator(`#q-contacts-${n}-phone`).fill('0470 12 34 56');
    }
}
