import { catchError } from "next/error";
import Link from "next/link";
import { useState } from "react";

const Catch = catchError((props, { error, reset, retry }) => (
  <div id="caught">
    {error.message} in {props.where}
    <button id="reset" onClick={reset}>reset</button>
    <button id="retry" onClick={() => { try { retry(); } catch (e) { window.log.push("retry throws " + e.constructor.name); } }}>retry</button>
  </div>
));

function Fragile() {
  const [broken, setBroken] = useState(false);
  if (broken) throw new Error("it broke");
  return <button id="break" onClick={() => setBroken(true)}>break</button>;
}

export default function Caught() {
  return (
    <main>
      <h1>caught</h1>
      <Catch where="here">
        <Fragile />
      </Catch>
      <Link id="query" href="/caught?q=1">query</Link>
    </main>
  );
}
