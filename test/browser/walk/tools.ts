import type { Page } from 'playwright-core';
import { openHttpTools } from '../../kit/mcp/http-server.ts';

/** Goes with a server of tools from its paste to its removal, in the page of tools. @param look says what is wrong with a page. */
export async function steerTools(page: Page, look: (page: Page) => Promise<void>): Promise<void> {
  await using server = await openHttpTools('wiki', 'Bearer wiki-key-1');
  await page.getByRole('heading', { name: 'There is no server of tools yet' }).waitFor();
  await page.getByRole('button', { name: 'Add a server…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('How', { exact: true }).selectOption('As another program has it (JSON)');
  const pasted = dialog.getByLabel('mcpServers');
  await pasted.fill(JSON.stringify({ mcpServers: { files: { command: 'npx', args: ['files'] } } }));
  await dialog.getByText(/files is a program on a machine/).waitFor();
  const headers = { Authorization: 'Bearer wiki-key-1' };
  await pasted.fill(JSON.stringify({ mcpServers: { wiki: { type: 'http', url: server.url, headers } } }));
  await dialog.getByText(/^wiki at .*, with a header$/).waitFor();
  await look(page);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const panel = page.getByRole('region', { name: 'wiki' });
  await panel.getByText('Connected', { exact: true }).waitFor();
  await panel.getByText('2 tools', { exact: true }).click();
  await panel.getByRole('row', { name: /wiki_write.*Writes.*Each time/ }).waitFor();
  await look(page);
  await panel.getByRole('button', { name: 'Edit…' }).click();
  await dialog.getByLabel('Seconds for one call').fill('5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Connected', { exact: true }).waitFor();
  server.want('another');
  await panel.getByRole('button', { name: 'Test' }).click();
  await panel
    .getByRole('status')
    .getByText(/answers 401: it wants another key/)
    .waitFor();
  await panel.getByText('Cannot be used').waitFor();
  await panel.getByRole('button', { name: 'Disable' }).click();
  await panel.getByText('Disabled', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Remove…' }).click();
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('heading', { name: 'There is no server of tools yet' }).waitFor();
}
