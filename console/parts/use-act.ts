import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast, toastProblem } from './toast.ts';

/** Something that a person does: said when it is done, or why it was not; what it changes is read anew. */
export function useAct<Given, Done>(
  work: (given: Given) => Promise<Done>,
  about: {
    /** First words of the keys of what is read anew. */
    readonly changes: readonly string[];
    readonly says?: string;
    readonly after?: (done: Done) => void;
    /** The problem is shown beside a form, and not as a toast. */
    readonly quiet?: true;
  },
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: async (result) => {
      if (about.says !== undefined) toast({ title: about.says });
      about.after?.(result);
      await Promise.all(about.changes.map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
    onError: (error) => {
      if (about.quiet !== true) toastProblem(error);
    },
  });
}
