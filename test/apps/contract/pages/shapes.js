import { Component, forwardRef, lazy, memo, Suspense, useId } from "react";

class Classic extends Component {
  render() {
    return <i>{this.props.text}</i>;
  }
}
const Forwarded = forwardRef((props, ref) => <input ref={ref} {...props} />);
const Memoised = memo(function Memoised() {
  return <u>memo</u>;
});

export default function Shapes() {
  const id = useId();
  return (
    <main>
      <Classic text="classic" />
      <Forwarded id={id} defaultValue="a" disabled aria-label="input" />
      <Memoised />
      <Suspense fallback={<b>never</b>}>
        <em>inside</em>
      </Suspense>
      <select defaultValue="2"><option value="1">one</option><option value="2">two</option></select>
      <textarea defaultValue={"line\nline"} />
      <div style={{ color: "red", marginTop: 4, "--x": 1 }} hidden={false} tabIndex={-1} />
      <svg viewBox="0 0 1 1"><path strokeWidth={2} d="M0 0" /></svg>
      <p dangerouslySetInnerHTML={{ __html: "<b>raw</b>" }} />
      {[1, 2].map((n) => <span key={n}>{n}</span>)}
      text {1} {true} {null} {undefined} {"joined"}
    </main>
  );
}
