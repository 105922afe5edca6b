/** `catchError` of `next/error`: error boundaries of one's own. */
import { Component } from "react";
import type { ComponentType, ReactElement, ReactNode } from "react";
import { usePathname } from "./navigation";

/** Second argument of the fallback. */
export interface ErrorInfo {
  error: Error;
  /** Renders the children again. */
  reset(): void;
  /** Loads the data again; works under the App Router only and throws in pages. */
  retry(): void;
}

interface BoundaryProps {
  /** A navigation takes the error away. */
  pathname: string | null;
  show(info: ErrorInfo): ReactNode;
  children?: ReactNode;
}
interface BoundaryState {
  caught?: { error: Error };
  pathname: string | null;
}

function retry(): never {
  throw new Error("retry() of catchError() works under the App Router only. In a page call reset().");
}

function makeBoundary(): ComponentType<BoundaryProps> {
  class Boundary extends Component<BoundaryProps, BoundaryState> {
    static getDerivedStateFromError(error: Error): Partial<BoundaryState> {
      return { caught: { error } };
    }
    static getDerivedStateFromProps({ pathname }: BoundaryProps, state: BoundaryState): BoundaryState {
      return pathname === state.pathname ? state : { pathname };
    }
    override state: BoundaryState = { pathname: this.props.pathname };
    reset = () => this.setState({ caught: undefined });

    override render(): ReactNode {
      const { caught } = this.state;
      return caught ? this.props.show({ error: caught.error, reset: this.reset, retry }) : this.props.children;
    }
  }
  return Boundary;
}

/**
 * A component that shows its children, and what `fallback` answers when one of
 * them throws while it renders. The props of the component are the first argument.
 */
export function catchError<P extends object>(
  fallback: (props: P, info: ErrorInfo) => ReactNode,
): ComponentType<P & { children?: ReactNode }> {
  const Boundary = makeBoundary();
  function Fallback({ props, info }: { props: P; info: ErrorInfo }): ReactNode {
    return fallback(props, info);
  }
  Fallback.displayName = fallback.name || "CatchErrorFallback";
  return function CatchError({ children, ...props }: P & { children?: ReactNode }): ReactElement {
    return (
      <Boundary
        pathname={usePathname()}
        show={(info) => <Fallback props={props as unknown as P} info={info} />}
      >
        {children}
      </Boundary>
    );
  };
}
