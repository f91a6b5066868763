/** What a field of a policy decides, for people; and its choices, where it has some. */
export type About = { readonly title: string; readonly about: string; readonly choices?: readonly string[] };

const YES_NO = ['true', 'false'];

/** In the words of the console. A field that is not here is still shown, by its name. */
export const ABOUT: Readonly<Record<string, About>> = {
  halt: { title: 'Halt', about: 'Nothing is answered at all, not even commands.', choices: YES_NO },
  answer: {
    title: 'When to answer',
    about: 'Beside mentions, direct messages, reviews and commands.',
    choices: ['mention', 'follow-ups', 'questions', 'all'],
  },
  overlap: {
    title: 'Messages while it answers',
    about: 'One after the other, together, taken in, or the answer stops for them.',
    choices: ['queue', 'merge', 'steer', 'interrupt'],
  },
  edits: {
    title: 'Questions edited later',
    about: 'Answered again, or left.',
    choices: ['answer-again', 'keep'],
  },
  people: { title: 'People', about: 'Who is answered: ids of the platform.' },
  bots: { title: 'Other bots', about: 'Those that are answered; * for all.' },
  loops: { title: 'Loops of bots', about: 'What ends a conversation of programs.' },
  quiet: { title: 'Quiet hours', about: 'Only commands are obeyed then.' },
  reactions: { title: 'Reactions', about: 'What an emoji of a person asks for.' },
  signs: { title: 'Signs', about: 'Reactions of the bot to a question.' },
  links: { title: 'Links', about: 'Hosts that an answer may link to after something external was read; * for any.' },
  calls: { title: 'Calls by name', about: 'Whom an answer may notify.', choices: ['nobody', 'asker'] },
  control: { title: 'Stop and again', about: 'Who may stop an answer.', choices: ['asker', 'anyone'] },
  buttons: { title: 'Buttons', about: 'Below answers.', choices: ['when-needed', 'always', 'never'] },
  tools: { title: 'Tools', about: 'What may be done, and who is asked before.' },
  handOver: { title: 'Hand over', about: 'Who is told where a person is wanted.' },
  models: { title: 'Models', about: 'Which of them answer here, and what decides.' },
  cache: { title: 'Repeated questions', about: 'Minutes for which an answer is given again.' },
  memory: { title: 'Memory', about: 'Whether what was said is found by its meaning.' },
  spend: { title: 'Spend', about: 'What one answer may cost.' },
  limits: { title: 'Limits', about: 'How often a model is asked.' },
};
