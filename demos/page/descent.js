kinds.descent = () => {};
