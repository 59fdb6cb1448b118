// What one family asks of another, and families of the staff: to be a child's second parent (R10),
// its invoiceable one (R9), to count as living where it has moved to (R8). Whoever waits for the
// answer sees it come, without a reload.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child_of, set_stage } from './support/stage.mjs';
import { arrive, arrive_staff, desk, phone } from './support/parents.mjs';
import { look } from './support/sight.mjs';

const stage = set_stage();
const lea = child_of(1, 0);
const hugo = child_of(1, 1);

const family_of = (parent) => parent.page.evaluate(async () => (await fetch('/api/v1/family')).json());

async function at(route, family, viewport = desk) {
    const parent = await arrive(stage, { family, viewport });
    await parent.visit(route);
    return parent;
}

async function ask_for(parent, child) {
    await parent.visit('attach');
    await parent.page.locator('#niss').fill(child.niss);
    await parent.page.locator('#birth_date').fill(child.birth_date);
    await parent.at('submit').click();
    await parent.appears('asked');
}

const request_in = async (parent) => {
    const request = parent.page.locator('[data-testid="requests"] [data-testid^="request-"]').first();
    await request.waitFor();
    return (await request.getAttribute('data-testid')).replace('request-', '');
};

test('R10: a second parent asks, the first one is told at once and accepts, and the child is there', async () => {
    const anne = await at('portal', 1, phone);
    const benoit = await at('portal', 2);
    await Promise.all([anne.mark(), benoit.mark()]);
    const [child] = (await family_of(anne)).children;
    assert.equal(child.id, lea);
    await ask_for(benoit, child);
    await look(benoit, 'attach-asked');

    const request = await request_in(anne);
    assert.match(await anne.text_of(`request-${request}`), /Benoît Delvaux .* second parent de Léa/);
    await look(anne, 'request-asked', { whole: true });
    await benoit.visit('portal');
    await benoit.appears('requests');
    await anne.at(`accept-${request}`).click();
    await anne.leaves('requests');
    await benoit.appears(`folder-${lea}`);
    await benoit.leaves('requests');
    assert.match(await benoit.text_of(`folder-${lea}`), /second parent/);
    await look(benoit, 'portal-second', { whole: true });
    assert.ok(await anne.is_marked() && await benoit.is_marked());
    for (const parent of [anne, benoit]) {
        parent.is_content();
        await parent.context.close();
    }
});

test('R10: a refused second parent learns it, and nothing of the child', async () => {
    const anne = await at('portal', 1);
    const benoit = await at('portal', 2, phone);
    await ask_for(benoit, (await family_of(anne)).children.find(({ id }) => id === hugo));
    await benoit.visit('portal');
    const request = await request_in(anne);
    await anne.at(`refuse-${request}`).click();
    await anne.leaves('requests');
    await benoit.page.getByText(/demande de rattachement du .* a été refusée/).waitFor();
    assert.equal(await benoit.at(`folder-${hugo}`).count(), 0);
    assert.doesNotMatch(await benoit.page.locator('main').innerText(), /Hugo/);
    for (const parent of [anne, benoit]) await parent.context.close();
});

test('R10: a child that somebody wrote down already is not added twice, but may be asked for', async () => {
    const anne = await at('portal', 1);
    const petra = await at('child/new', 5, phone);
    const emma = (await family_of(anne)).children[2];
    for (const field of ['given_name', 'birth_date', 'niss']) await petra.page.locator(`#${field}`).fill(emma[field]);
    await petra.at('submit').click();
    await petra.appears('child-known');
    await look(petra, 'child-known', { whole: true });
    await petra.at('ask-attach').click();
    await petra.appears('asked');
    await request_in(anne);
    for (const parent of [anne, petra]) await parent.context.close();
});

test('R9: to become the invoiceable parent; the staff decide, and the camps unlock under the parent’s eyes', async () => {
    const jules = child_of(6, 0);
    const camille = await at(`child/${jules}`, 6);
    await camille.at('become-invoiceable').click();
    await camille.page.locator('main .note').waitFor();
    await camille.visit('portal');
    await camille.mark();
    await camille.becomes(`camps-tab-${jules}`, 'locked');
    const request = await request_in(camille);
    await look(camille, 'portal-no-invoiceable', { whole: true });
    const marie = await arrive_staff(stage, { viewport: phone });
    await marie.visit('staff/decisions');
    await marie.at(`accept-${request}`).click();
    await marie.leaves(`decision-${request}`);
    await camille.becomes(`camps-tab-${jules}`, 'open');
    assert.ok(await camille.is_marked());
    for (const parent of [camille, marie]) await parent.context.close();
});

test('R8: a move after residence was fixed is told to the staff, who confirm it', async () => {
    const sofie = await at('profile', 3, phone);
    const { page } = sofie;
    assert.match(await sofie.text_of('residence'), /hors de la commune.* ne compte qu’une fois confirmé/);
    await page.locator('#address-postcode').fill('4607');
    await page.locator('#address-city').fill('Dalhem');
    await sofie.at('submit').click();
    await page.locator('main.page-portal').waitFor();
    await sofie.visit('profile');
    assert.match(await sofie.text_of('residence'), /hors de la commune/);
    await sofie.at('moved').click();
    await page.locator('#moved-note').fill('Depuis le 1er mai');
    await look(sofie, 'profile-moved', { whole: true });
    await sofie.at('moved-ask').click();
    await sofie.becomes('residence', 'asked');
    await sofie.mark();
    const marie = await arrive_staff(stage);
    await marie.visit('staff/decisions');
    const card = marie.page.locator('article.decision', { hasText: 'Sofie Peeters' });
    assert.match(await card.innerText(), /Depuis le 1er mai/);
    await card.locator('input').fill('Bienvenue à Dalhem');
    await card.getByRole('button', { name: 'Accepter' }).click();
    await card.waitFor({ state: 'detached' });
    await sofie.becomes('residence', 'open');
    await page.getByText(/compte comme habitante de la commune. L’équipe l’a confirmé/).waitFor();
    await sofie.visit('portal');
    assert.match(await sofie.text_of('requests'), /déménagement a été confirmé.*Bienvenue à Dalhem/);
    await look(sofie, 'request-answered', { whole: true });
    assert.ok(await sofie.is_marked());
    for (const parent of [sofie, marie]) {
        parent.is_content();
        await parent.context.close();
    }
});
