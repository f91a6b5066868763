import { Component, type ReactNode } from 'react';
import { ProblemView } from './problem.tsx';

/** Catches what a page throws while it is shown, so that the navigation stays. A class: React has no other way. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <ProblemView error={this.state.error} retry={() => this.setState({ error: undefined })} />;
  }
}
