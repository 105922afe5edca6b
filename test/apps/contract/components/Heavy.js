import styles from "../styles/card.module.css";

export function Named() {
  return <p id="named">named</p>;
}

export default function Heavy({ label }) {
  return <p id="heavy" className={styles.title}>heavy {label}</p>;
}
