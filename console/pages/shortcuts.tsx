import { Kbd } from '@mantine/core';
import { Page, Panel } from '../parts/page.tsx';

const SHORTCUTS = [
  ['Go to a page, or do something', ['Ctrl', 'K']],
  ['The same, with one hand', ['/']],
  ['Light or dark', ['Ctrl', 'J']],
  ['This page', ['?']],
  ['Close a dialog', ['Esc']],
] as const;

/** What can be done without a mouse. */
export default function Shortcuts() {
  return (
    <Page title="Keyboard shortcuts" about="On a Mac, the command key stands for Ctrl.">
      <Panel flush>
        <dl className="pairs">
          {SHORTCUTS.map(([what, keys]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                {keys.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
    </Page>
  );
}
