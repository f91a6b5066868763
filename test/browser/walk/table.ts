import { CLICK_S, FIELD_S, secondsOf, type Part } from './human.ts';

export type Walked = { readonly title: string; readonly before: string; readonly parts: readonly Part[] };

/** Prints the document again, with the numbers of this run. */
export const COMMAND = 'WRITE_DOCS=1 node --test --test-global-setup=test/kit/setup.ts test/browser/first-run.test.ts';

/** The document of all walks, as Markdown. Pure. */
export function documentOf(walks: readonly Walked[]): string {
  return `# From an empty hub to the first answer

Walked in a real Chromium, with the real program in a process, before stand-ins of the platforms: \`test/browser/first-run.test.ts\`
presses every button and fills every field that a person would, and counts them. The test fails when the
tables are older than the numbers; it prints them anew by

\`\`\`sh
${COMMAND}
\`\`\`

A click is counted with ${CLICK_S} seconds, a field with ${FIELD_S}: assumed, with finding it, and with copying what is pasted into it. What the
machines take comes on top: two or three seconds in all. The goal is two minutes.

| Platform | Clicks | Fields | Seconds |
|---|--:|--:|--:|
${walks.map(({ title, parts }) => `| ${title} | ${row(sumOf(parts))} |`).join('\n')}

${walks.map(sectionOf).join('\n\n')}

## What is counted, and what is not

The steps are those of the pages: from opening the printed link to the answer. Also counted are what a person does outside of them
within this way: the device’s own question for a passkey (a click), writing “hello” (a click and a field), and for Teams setting the
endpoint in the portal and uploading the package (five clicks, a field). What each platform wants to have before is named and not
counted; neither is the key of a model. The name is filled in by the address, the public address is looked at without a click, the
model is the one that the server suggests, and a step that is done leads to the next one by itself.
`;
}

const sumOf = (parts: readonly Part[]): Pick<Part, 'clicks' | 'fields'> => ({
  clicks: parts.reduce((sum, { clicks }) => sum + clicks, 0),
  fields: parts.reduce((sum, { fields }) => sum + fields, 0),
});

const row = (one: Pick<Part, 'clicks' | 'fields'>): string => `${one.clicks} | ${one.fields} | ${secondsOf(one)}`;

function sectionOf({ title, before, parts }: Walked): string {
  return `## ${title}

Before: ${before}.

| Part | Clicks | Fields | Seconds |
|---|--:|--:|--:|
${parts.map((part) => `| ${part.part} | ${row(part)} |`).join('\n')}
| **Together** | ${row(sumOf(parts))} |`;
}
