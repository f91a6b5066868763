import { explain } from '../api/problem.ts';

type Toast = { readonly title: string; readonly message?: string; readonly isBad?: true };

/** Says something at the edge of the page. What shows it is loaded when it is needed first. */
export function toast(what: Toast): void {
  void import('./toasts.tsx').then(({ show }) => show(what));
}

/** Says why something was not done. */
export const toastProblem = (thrown: unknown): void => {
  const { title, detail } = explain(thrown);
  toast({ title, message: detail, isBad: true });
};
