//! Examples and exit codes below the long help texts.

/// What the codes of every command mean; docs/exit-codes.md has the details.
macro_rules! exit_codes {
    () => {
        "\
Exit codes:
  0  success; for plan also: there are changes and nothing blocks them
  1  an error in the files or on the command line
  2  there are changes (drift, or --detailed-exitcode)
  3  as 2, and some cannot be undone; all of those are acknowledged
  4  blocked: an unacknowledged loss, a guardrail, or an error that only the snapshot reveals
  5  the plan is stale (apply)
  6  partly applied (apply)
  7  the input is incomplete: a snapshot, or no configuration"
    };
}

/// Of the program.
pub const PROGRAM: &str = concat!(
    "\
Examples:
  trunkline init                                asks, and makes the first plan
  trunkline snapshot --live --out snapshot.json captures the organisation; needs a token
  trunkline plan                                what would change
  trunkline apply --live                        plans, asks, and carries it out
  trunkline explain ana@acme.com                why she has which licences
  trunkline list users --without calling        who has none

The token is read from WEBEX_ACCESS_TOKEN, or from WEBEX_CLIENT_ID, WEBEX_CLIENT_SECRET and
WEBEX_REFRESH_TOKEN of a service app; `trunkline doctor --live` says what it may do.

",
    exit_codes!()
);

/// Of `completions`.
pub const COMPLETIONS: &str = "\
Installation:
  bash        trunkline completions bash > ~/.local/share/bash-completion/completions/trunkline
  zsh         trunkline completions zsh > \"${fpath[1]}/_trunkline\"
  fish        trunkline completions fish > ~/.config/fish/completions/trunkline.fish
  PowerShell  trunkline completions powershell >> $PROFILE

In bash, zsh and fish the addresses of `explain` and --target are completed too, from the files and
the snapshot of the directory, and the kinds that `list` takes.";

/// Of `plan`.
pub const PLAN: &str = concat!(
    "\
Examples:
  trunkline plan webex --out plan.json          saves the plan for apply
  trunkline plan webex --live                   against Webex, not a snapshot
  trunkline plan webex --target ana@acme.com    one person, and what she depends on
  trunkline plan webex --summary                counts, what cannot be undone, guardrails
  trunkline plan webex --format html > plan.html

",
    exit_codes!()
);

/// What `--live` does where the organisation is changed.
pub const APPLY_LIVE: &str =
    "Apply to the live organisation, not to a snapshot file; needs a token in the environment";

/// Of `apply`.
pub const APPLY: &str = concat!(
    "\
Examples:
  trunkline apply plan.json webex --live        the plan that was reviewed
  trunkline apply webex --live                  a new plan, after confirmation
  trunkline apply plan.json webex --live --resume

",
    exit_codes!()
);

/// Of `drift`.
pub const DRIFT: &str = concat!(
    "\
Examples:
  trunkline drift webex --live                  what differs, since when, and who changed it
  trunkline drift webex --live --adopt          takes it into the files

",
    exit_codes!()
);

/// Of `fleet`.
pub const FLEET: &str = "\
Examples:
  trunkline fleet customers                     the organisations below customers
  trunkline fleet customers --format github-matrix
  trunkline fleet customers --ref HEAD --changed-since main
  trunkline fleet plan customers                a plan of each, and one summary

Exit codes:
  0  the list is complete, even if it is empty because of --changed-since or --shard
  1  something could not be read or is refused; the others are listed
  7  there is no organisation";

/// Of `fleet plan`.
pub const FLEET_PLAN: &str = "\
Examples:
  trunkline fleet plan customers                one line for each organisation
  trunkline fleet plan customers --out plans    and plans/SLUG/plan.txt and plan.json
  trunkline fleet plan customers --shard 1/4    a quarter of them
  trunkline fleet plan customers --format markdown >> \"$GITHUB_STEP_SUMMARY\"

Exit codes, the first that applies to any organisation:
  1  an error in its files, or something below ROOT could not be read
  7  its input is incomplete: no snapshot, or a truncated one
  4  its plan is blocked
  3  with --detailed-exitcode: it has changes, and some cannot be undone
  2  with --detailed-exitcode: it has changes
  0  none of these";
