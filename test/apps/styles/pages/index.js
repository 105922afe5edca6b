import Image from "next/image";
import Link from "next/link";
import { useState } from "react";
import Badge from "../components/badge";

export default function Home() {
  const [width, setWidth] = useState(3);
  console.log("this line is removed");
  return (
    <main>
      <h1 id="greeting">{GREETING}</h1>
      <button id="wider" onClick={() => setWidth(width + 1)}>
        wider
      </button>
      <Badge id="one" color="rgb(10, 0, 0)" />
      <Badge id="two" color="rgb(20, 0, 0)" />
      <b id="outside">outside of the badges</b>
      <Image id="picture" src="/a.png" alt="" width={64} height={64} />
      <Link id="other" href="/other">
        other
      </Link>
      <style jsx>{`
        h1 {
          padding-left: ${width}px;
        }
        main :global(#other) {
          color: rgb(3, 3, 3);
        }
      `}</style>
      <style jsx global>{`
        body {
          background: rgb(4, 4, 4);
        }
      `}</style>
    </main>
  );
}
