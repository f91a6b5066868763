import { ANSWERS, ERRAND, SCENES } from '../../../sandbox/demo/scenes.ts';
import { openFaults } from '../../../sandbox/kit/faults.ts';
import { openLedger } from '../../../sandbox/kit/ledger.ts';
import type { Control, Shown, Stage } from '../../../sandbox/stage/stage.ts';

/** What a bot may do wrong. */
export type Wrong =
  | 'silent'
  | 'doubled'
  | 'cut'
  | 'refused'
  | 'edit ignored'
  | 'edit anew'
  | 'no card'
  | 'card of nobody'
  | 'made-up beginning'
  | 'whole though stopped'
  | 'again anew'
  | 'card stays'
  | 'again ignored'
  | 'not spared'
  | 'broken stays'
  | 'done unasked'
  | 'asked for nothing'
  | 'allowed in vain';

export type PaperStage = Stage & { readonly deeds: readonly string[] };

const BUTTON: Control = { id: 'again', label: 'Try again', options: [] };
const ALLOW: Control = { id: 'allow', label: 'Allow', options: [] };
const BEGINNING = ANSWERS.long.slice(0, 120);

/** A platform and a bot on paper, which does everything at once and, when told so, one thing wrong. */
export function openPaperStage(wrong?: Wrong): PaperStage {
  const messages: Shown[] = [];
  const deeds: string[] = [];
  let last = 0;
  const write = (text: string, fromBot: boolean, controls: readonly Control[] = []): Shown => {
    const id = String((last += 1));
    const author = fromBot ? 'bot' : 'ada';
    const more = { isOwn: !fromBot, isPrivate: false, controls, reactions: [] };
    messages.push({ id, thread: 't', author, fromBot, text, edits: 0, at: new Date(), ...more });
    return messages[messages.length - 1] as Shown;
  };
  const remove = (id: string): void =>
    void messages.splice(
      messages.findIndex((one) => one.id === id),
      1,
    );
  /** In its place, or as a new one. */
  const change = ({ id }: Shown, text: string, isAnew: boolean): void => {
    const at = messages.findIndex((one) => one.id === id);
    messages[at] = { ...(messages[at] as Shown), text, edits: 1 };
    if (!isAnew) return;
    remove(id);
    write(text, true);
  };
  const bot = (): Shown => messages.findLast(({ fromBot, controls }) => fromBot && controls.length === 0) as Shown;
  const scene = SCENES['slack'];

  const answerWhole = (): void => {
    write(wrong === 'cut' ? ANSWERS.whole.slice(0, 90) : ANSWERS.whole, true);
    if (wrong === 'doubled') write(ANSWERS.whole, true);
  };
  const answerAgent = (text: string): void => {
    if (text === scene?.errand) {
      if (wrong === 'done unasked') write(ANSWERS.done, true);
      else write(wrong === 'asked for nothing' ? 'May I?' : `May I? ${ERRAND.text}`, true, [ALLOW]);
      return;
    }
    if (wrong === 'broken stays') write(ANSWERS.broken, true);
    write(wrong === 'not spared' ? ANSWERS.broken : ANSWERS.spared, true);
  };
  const answer = (text: string): void => {
    if (wrong === 'silent') return;
    if (text === scene?.question) answerWhole();
    else if (text === scene?.failing || text === scene?.errand) answerAgent(text);
    else if (text === scene?.edited.before) write(ANSWERS.bern, true);
    else if (wrong === 'made-up beginning') write(`Once upon a time ${'there was a count '.repeat(9)}`, true);
    else write(wrong === 'whole though stopped' ? ANSWERS.long : BEGINNING, true);
  };
  return {
    name: 'slack',
    title: 'Slack',
    deeds,
    standIn: {
      name: 'slack',
      url: '',
      environment: {},
      ledger: openLedger(),
      faults: openFaults(),
      deliverTo: () => undefined,
      say: () => Promise.reject(new Error('the stage speaks')),
      visible: () => messages,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    shown: () => messages,
    notices: () => [],
    emoji: ['👍'],
    async say({ text, thread }) {
      deeds.push(`say ${text}${thread === undefined ? '' : ` in ${thread}`}`);
      const { id } = write(text, false);
      answer(text);
      return { id, thread: 't', status: wrong === 'refused' ? 503 : 200, acknowledgedInMs: 1 };
    },
    async edit(id, text) {
      deeds.push(`edit ${id} ${text}`);
      if (wrong !== 'edit ignored') change(bot(), ANSWERS.basel, wrong === 'edit anew');
      return 200;
    },
    async remove(id) {
      deeds.push(`remove ${id}`);
      return 200;
    },
    async react(id, emoji) {
      deeds.push(`react ${id} ${emoji}`);
      return 200;
    },
    async press(id, control, value) {
      deeds.push(`press ${id} ${control}${value === undefined ? '' : ` ${value}`}`);
      if (control === ALLOW.id) {
        remove(id);
        write(wrong === 'allowed in vain' ? 'No.' : ANSWERS.done, true);
        return { how: 'presses [Allow]', status: 200 };
      }
      if (wrong !== 'again ignored') change(bot(), ANSWERS.brief, wrong === 'again anew');
      if (wrong !== 'card stays') remove(id);
      return { how: 'presses [Try again]', status: 200 };
    },
    async stop(thread) {
      deeds.push(`stop ${thread}`);
      if (wrong !== 'no card') write(`Stopped by ${wrong === 'card of nobody' ? 'somebody' : 'ada'}.`, true, [BUTTON]);
      return { how: 'stops it', status: 200 };
    },
    form: () => undefined,
    async submit(values) {
      deeds.push(`submit ${JSON.stringify(values)}`);
      return 200;
    },
  };
}
