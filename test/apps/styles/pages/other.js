import Link from "next/link";

export default function Other() {
  return (
    <p id="text">
      other{" "}
      <Link id="home" href="/">
        home
      </Link>
      <style jsx>{`
        p {
          color: rgb(5, 5, 5);
        }
      `}</style>
    </p>
  );
}

export async function getServerSideProps() {
  return { props: {} };
}
