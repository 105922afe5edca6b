import Link from "next/link";
import styles from "../styles/card.module.css";

export default function Css() {
  return (
    <div className={styles.card}>
      <h1 id="title" className={styles.title}>css</h1>
      <p className={`${styles.title} plain`}>two</p>
      <p className="loose"><span className={styles.title}>loose</span></p>
      <Link id="home" href="/">home</Link>
    </div>
  );
}
