// CHANGELOGs in the users' words alone: what a changeset says. Which of our own packages moved along needs no line, since all
// have one version.
const indent = (text) => text.trim().replaceAll('\n', '\n  ');

module.exports = {
  getReleaseLine: async ({ summary }) => `\n- ${indent(summary)}\n`,
  getDependencyReleaseLine: async () => '',
};
