export default <p />;
