import assert from 'node:assert/strict';
import { wordsOf } from '../../../sandbox/demo/watch.ts';
import type { Behaviour } from '../subject.ts';
import { ask, draftOf, seen, shown, soon, unique } from '../tools.ts';

/** CommonMark with everything that models write. Tables are kept apart, because platforms show them as code. */
const RICH = `# Heading one

## Heading two

A paragraph with **strong words**, *emphasised words*, ~~deleted words~~ and \`inline_code(x)\`.
A second line, a hard break\\
after it; letters that are signs elsewhere: 3 < 4 & 5 > 2, snake_case_name, 2 * 3 * 4, C:\\temp, #7, ~approx~.

- bullet one
- bullet **two**
  - nested bullet
  - [x] done task
  - [ ] open task

1. first
2. second
   with a second line

> quoted words
> over two lines

\`\`\`ts
const whole: boolean = true && 1 < 2;
const text = "\`\`";
\`\`\`

[a link](https://example.org/a?b=c&d=e) and https://example.com/bare and ![a picture](https://example.org/p.png).

| name | amount |
| --- | ---: |
| alpha | 1 |
| beta | 22 |

---

<b>bold tag</b> and an ending. Ünïcödé 漢字 العربية 👩‍👩‍👧`;

/** Words without their order: some platforms write a link's address before its words. A ticked box is a sign. */
const bag = (text: string): readonly string[] => wordsOf(text.replaceAll('[x]', '')).split(' ').toSorted();

/** Whatever calls people or everybody on one platform or another. */
const CALLS =
  'Hello @everyone, @here, @channel, @somebody, <!channel>, <!here>, <!everyone>, <!subteam^S1>, <@U0SANDBOT01>, ' +
  '<@123456789012345678>, <@!123456789012345678>, <@&123456789012345678>, <at>Ada</at>, @acme/team and <#C0SANDBOX01>.';

/** How texts are shown. */
export const texts: readonly Behaviour[] = [
  {
    sentence: 'a rich text is shown with all its words',
    async run(talk) {
      const asked = await ask(talk);
      await talk.adapter.post(talk.access, draftOf(asked.place, RICH), soon());
      const text = shown(talk, asked)
        .map((one) => one.text)
        .join('\n');
      assert.deepEqual(bag(seen(text)), bag(RICH));
    },
  },
  {
    sentence: 'a rich text that is read back has all its words',
    needs: 'own posts',
    async run(talk) {
      const { place } = await ask(talk);
      const name = unique('Rich');
      await talk.adapter.post(talk.access, draftOf(place, `${name}\n\n${RICH}`), soon());
      const { message } = await talk.inbox.event('message', (event) => event.message.text.startsWith(name));
      assert.deepEqual(bag(seen(message.text)), bag(`${name}\n\n${RICH}`));
    },
  },
  {
    sentence: 'code is shown letter by letter',
    async run(talk) {
      const asked = await ask(talk);
      const code = 'if (a < b && c > d) { return "x_y*z"; }\n\n    indented = `tick` + @name;';
      await talk.adapter.post(talk.access, draftOf(asked.place, `Look:\n\n\`\`\`js\n${code}\n\`\`\``), soon());
      const [{ text } = { text: '' }] = shown(talk, asked);
      assert.ok(seen(text).includes(code), text);
    },
  },
  {
    sentence: 'an answer calls nobody, whatever names are in it, posted or edited',
    async run(talk) {
      const asked = await ask(talk);
      const draft = draftOf(asked.place, CALLS);
      const { id } = await talk.adapter.post(talk.access, draft, soon());
      const [posted] = shown(talk, asked);
      assert.ok(posted);
      assert.deepEqual(talk.called(posted), []);
      await talk.adapter.edit(talk.access, id, { ...draft, text: `${CALLS} Again.` }, soon());
      const [edited] = shown(talk, asked);
      assert.ok(edited);
      assert.deepEqual(talk.called(edited), []);
      assert.deepEqual(bag(seen(edited.text)), bag(`${CALLS} Again.`));
    },
  },
];
