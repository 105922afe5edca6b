import Head from "next/head";
import { useState } from "react";
import styles from "@/styles/home.module.css";

export default function Home() {
  const [count, setCount] = useState(0);
  return (
    <>
      <Head>
        <title>{{name}}</title>
        <meta name="description" content="A new app" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
      </Head>
      <main className={styles.page}>
        <header>
          <img className={styles.mark} src="/icon.svg" alt="" width={56} height={56} />
          <h1 className={styles.title}>{{name}} is running.</h1>
          <p className={styles.lead}>
            Open <code>pages/index.jsx</code>, change something, and save.
          </p>
        </header>
        <div className={styles.try}>
          <button className={styles.button} type="button" onClick={() => setCount(count + 1)}>
            Count: {count}
          </button>
          <p className={styles.note}>The number stays when you edit this page.</p>
        </div>
        <ul className={styles.cards}>
          <li>
            <a className={styles.card} href="/api/hello?name={{name}}">
              <h2>API route</h2>
              <p>
                <code>pages/api/hello.js</code> answers in JSON.
              </p>
            </a>
          </li>
          <li>
            <div className={styles.card}>
              <h2>Styles</h2>
              <p>
                <code>styles/home.module.css</code> belongs to this page alone.
              </p>
            </div>
          </li>
          <li>
            <div className={styles.card}>
              <h2>Production</h2>
              <p>
                <code>onward build</code>, then <code>onward start</code>.
              </p>
            </div>
          </li>
        </ul>
      </main>
    </>
  );
}
