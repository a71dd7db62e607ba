import Basics
import Episodes

/// The groups of settings that YAML files hold, for the reference. A new group is one entry.
enum SettingsReference {
    /// One group on the page.
    struct Topic {
        /// The heading.
        var title: String
        /// What the settings are for and where they are written.
        var text: String
        /// The table of settings.
        var table: String
    }

    /// All groups.
    static var topics: [Topic] {
        [
            Topic(
                title: "Settings of a channels file",
                text: """
                    What `--channels` reads, and what commands look for beside a log: `LOG.channels.yaml`, else \
                    `channels.yaml` in its folder.
                    """,
                table: LogSchema.markdownTable),
            Topic(
                title: "Settings of training",
                text: """
                    What `foresight train` reads from a YAML file and as `key=value`; `--print-config` prints them with \
                    the values they have. `auto` is derived from the log.
                    """,
                table: TrainConfiguration.markdownTable),
            Topic(
                title: "Settings of training from pictures",
                text: """
                    What `foresight train` reads where it is given a data set of pictures, and `foresight benchmark pixels` \
                    as `key=value`.
                    """,
                table: PictureConfiguration.markdownTable),
        ]
    }
}
