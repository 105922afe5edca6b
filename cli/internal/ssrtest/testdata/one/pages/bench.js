function Row({ row }) {
  return (
    <tr className="row">
      <td>{row.id}</td>
      <td>{row.name}</td>
      <td className="c">{row.email}</td>
      <td>${row.amount}</td>
      <td>
        <a href={"/r/" + row.id} style={{ color: "red", marginTop: 4 }}>open & see</a>
      </td>
    </tr>
  );
}
export default function Page({ rows }) {
  return (
    <main>
      <h1>Rows {rows.length}</h1>
      <table><tbody>{rows.map((row) => <Row key={row.id} row={row} />)}</tbody></table>
    </main>
  );
}
export const getServerSideProps = ({ query }) => ({
  props: {
    rows: Array.from({ length: Number(query.n) }, (_, id) => ({ id, name: "Name " + id, email: `u${id}@x.com`, amount: id * 3 })),
  },
});
