import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../src/model/event.ts';
import { eventOf, installation, issue, issueComment, review, reviewComment } from './signed.ts';

function message(event: Event): Extract<Event, { kind: 'message' }> {
  assert.ok(event.kind === 'message', JSON.stringify(event));
  return event;
}

test('a comment that names the bot is a mention in its issue', () => {
  const event = message(eventOf('issue_comment', issueComment('created')));
  assert.equal(event.why, 'mention');
  assert.equal(event.hasPast, true);
  assert.equal(event.place.install, '42');
  assert.equal(event.place.channel, 'acme/greeter');
  assert.equal(event.place.thread, 'acme/greeter#3');
  assert.equal(event.message.id, 'c100');
  assert.equal(event.message.text, 'why?');
  assert.deepEqual(event.message.author, { id: '5', name: 'ada', kind: 'human' });
  assert.deepEqual(event.message.sentAt, new Date('2026-11-20T10:00:00Z'));
});

test('people who talk to each other in an issue are overheard', () => {
  const event = message(eventOf('issue_comment', issueComment('created', { body: 'I think so too' })));
  assert.equal(event.why, 'overheard');
});

test('a review comment that names the bot is a review question, with its place in the code', () => {
  const event = message(eventOf('pull_request_review_comment', reviewComment('created')));
  assert.equal(event.why, 'review');
  assert.equal(event.hasPast, false);
  assert.equal(event.place.thread, 'acme/greeter#4/r200');
  assert.deepEqual(event.message.anchor, {
    path: 'src/greet.js',
    line: 7,
    startLine: 5,
    side: 'right',
    commit: 'c0ffee',
    hunk: '@@ -1 +1 @@\n-a\n+b',
  });
});

test('a reply in a review thread belongs to the thread of its first comment, and follows up', () => {
  const fields = { id: 201, in_reply_to_id: 200, body: 'and now?', line: null, side: null };
  const event = message(eventOf('pull_request_review_comment', reviewComment('created', fields)));
  assert.equal(event.why, 'follow-up');
  assert.equal(event.hasPast, true);
  assert.equal(event.place.thread, 'acme/greeter#4/r200');
  assert.equal(event.message.anchor?.line, undefined);
  assert.equal(event.message.anchor?.side, undefined);
});

test('a submitted review is a mention when its own text names the bot, and nothing when it has no text', () => {
  const event = message(eventOf('pull_request_review', review('submitted')));
  assert.equal(event.why, 'mention');
  assert.equal(event.place.thread, 'acme/greeter#4');
  assert.equal(event.message.id, 'v300');
  assert.equal(message(eventOf('pull_request_review', review('submitted', { body: 'Fine.' }))).why, 'overheard');
  assert.equal(eventOf('pull_request_review', review('submitted', { body: null })).kind, 'ignored');
});

test('an opened issue that names the bot is a mention, with its title above the text', () => {
  const event = message(eventOf('issues', issue('opened')));
  assert.equal(event.why, 'mention');
  assert.equal(event.hasPast, false);
  assert.equal(event.message.id, 'n3');
  assert.equal(event.message.text, '# It breaks\n\ncan you look?');
});

test('an opened pull request is read like an issue', () => {
  const { issue: pull_request, ...rest } = issue('opened', { body: null });
  const event = message(eventOf('pull_request', { ...rest, pull_request }));
  assert.equal(event.why, 'overheard');
  assert.equal(event.message.text, '# It breaks');
});

test('edits carry the message under its id and a new version', () => {
  const before = message(eventOf('issue_comment', issueComment('created'))).message;
  const after = eventOf('issue_comment', issueComment('edited', { body: '@hubby why not?' }));
  assert.equal(after.kind, 'edited');
  assert.ok(after.kind === 'edited');
  assert.equal(after.message.id, before.id);
  assert.notEqual(after.message.version, before.version);
  assert.equal(eventOf('pull_request_review_comment', reviewComment('edited')).kind, 'edited');
  assert.equal(eventOf('pull_request_review', review('edited')).kind, 'edited');
});

test('an issue is edited when its text or title is, not when something else about it changes', () => {
  const changed = { ...issue('edited'), changes: { title: { from: 'x' } } };
  assert.equal(eventOf('issues', changed).kind, 'edited');
  assert.equal(eventOf('issues', { ...issue('edited'), changes: {} }).kind, 'ignored');
  const { issue: pull_request, ...rest } = issue('edited');
  assert.equal(eventOf('pull_request', { ...rest, pull_request, changes: { base: {} } }).kind, 'ignored');
});

test('the same text has the same version in every delivery', () => {
  const version = () => message(eventOf('issue_comment', issueComment('created'))).message.version;
  assert.equal(version(), version());
});

test('what is deleted is named by the id it was sent under', () => {
  const comment = eventOf('issue_comment', issueComment('deleted'));
  assert.ok(comment.kind === 'deleted');
  assert.equal(comment.messageId, 'c100');
  const reply = eventOf('pull_request_review_comment', reviewComment('deleted'));
  assert.ok(reply.kind === 'deleted');
  assert.equal(reply.messageId, 'r200');
});

test('the bot knows itself by its login and by its app, and never takes itself for a question', () => {
  const bot = { login: 'hubby[bot]', id: 6, type: 'Bot' };
  for (const fields of [{ user: bot }, { performed_via_github_app: { id: 77 } }]) {
    const event = message(eventOf('issue_comment', issueComment('created', fields)));
    assert.equal(event.message.author.kind, 'self');
    assert.equal(event.why, 'overheard');
  }
});

test('other programs are bots, and accounts that are gone are ghosts', () => {
  const user = { login: 'dependabot[bot]', id: 8, type: 'Bot' };
  assert.equal(message(eventOf('issue_comment', issueComment('created', { user }))).message.author.kind, 'bot');
  const ghost = message(eventOf('issue_comment', issueComment('created', { user: null }))).message.author;
  assert.deepEqual(ghost, { id: '0', name: 'ghost', kind: 'human' });
});

test('installing and removing the app are told, suspending it is noted', () => {
  assert.deepEqual(eventOf('installation', installation('created')), {
    kind: 'installed',
    install: '42',
    name: 'acme',
  });
  assert.deepEqual(eventOf('installation', installation('deleted')), { kind: 'uninstalled', install: '42' });
  const suspended = eventOf('installation', installation('suspend'));
  assert.ok(suspended.kind === 'ignored');
  assert.match(suspended.reason, /^installation\.suspend: /);
});

test('a payload without an installation came from a repository webhook, which cannot be answered', () => {
  const { installation: _, ...rest } = issueComment('created');
  const event = eventOf('issue_comment', rest);
  assert.ok(event.kind === 'ignored');
  assert.match(event.reason, /issue_comment\.created: no installation/);
});

test('a payload in another shape is kept with the place that did not fit', () => {
  const event = eventOf('issue_comment', issueComment('created', { id: 'abc' }));
  assert.deepEqual(event, {
    kind: 'ignored',
    reason: 'issue_comment.created: not in the documented shape at comment.id',
  });
});

test('text is made well-formed, and uploads in it become attachments', () => {
  const url = 'https://github.com/user-attachments/assets/0b1c';
  const file = 'https://github.com/acme/greeter/files/12345/log.txt';
  const body = `@hubby \u0000\ud800 ![shot](${url}) [log.txt](${file}) <img src="${url}"> https://evil.example/user-attachments/assets/x`;
  const { text, attachments } = message(eventOf('issue_comment', issueComment('created', { body }))).message;
  assert.ok(text.isWellFormed() && !text.includes('\u0000'));
  assert.deepEqual(
    attachments.map(({ handle, name }) => [handle, name]),
    [
      [url, 'shot'],
      [file, 'log.txt'],
    ],
  );
});
