//! How the simulator behaves where sources are silent or disagree (webex-api.md 16), and the defects that Webex is known for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All switches. A scenario names those that differ.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Switches {
    /// Answers have members that no document names.
    pub unknown_members: bool,
    /// Paid licences may be assigned beyond the units bought.
    pub overage: bool,
    /// Adding the new and removing the old Calling licence of one kind in one request keeps all settings.
    pub move_keeps_settings: bool,
    /// Where the new licence of such a move is not available, the old one is removed anyway.
    pub failed_move_loses_calling: bool,
    /// Devices of a person go when Calling goes.
    pub devices_go_with_calling: bool,
    /// The status of PATCH /licenses/users for a person who does not exist.
    pub unknown_person_status: u16,
    /// POST and PUT /people that are refused have done half of their work.
    pub people_partial: bool,
    /// GET /people by ids omits licences and roles.
    pub people_by_id_bare: bool,
    /// PATCH /licenses/users does not answer with the licences that the person has then.
    pub license_answers_bare: bool,
    /// PUT /people with another location of a Calling user is ignored instead of refused.
    pub ignore_location_on_put: bool,
    /// How phone numbers are written in answers about people: `e164`, `spaced` or `national`.
    pub number_format: NumberFormat,
    /// Pages of groups and members repeat a row and lose one.
    pub group_paging_defect: bool,
    /// A full last page has a next link to an empty one.
    pub empty_last_page: bool,
    /// Most members in one PATCH /groups.
    pub group_chunk: usize,
    /// Adding a member who is there, or deleting one who is not, is refused.
    pub strict_members: bool,
    /// Two groups may not have one name.
    pub unique_group_names: bool,
    /// What happens to changes of groups that a directory owns.
    pub directory_groups: DirectoryGroups,
    /// Two locations may not have one name.
    pub unique_location_names: bool,
    /// A main number may be cleared.
    pub clear_main_number: bool,
    /// Locations in use by workspaces or people cannot be deleted, even without Calling.
    pub used_locations_stay: bool,
    /// A change of the routing prefix does not start its job: 206.
    pub prefix_job_fails: bool,
    /// Numbers of Cisco's own plans and integrated providers can be added and deleted, which damages them.
    pub damage_numbers: bool,
    /// Most phone numbers in one POST.
    pub number_chunk: usize,
    /// New numbers are active where the request does not say.
    pub new_numbers_active: bool,
    /// Seconds during which a number that was just given up cannot be deleted.
    pub number_cooling: u32,
    /// The manage-numbers job takes one number at a time.
    pub single_number_move: bool,
    /// Adding a number that the location has already is refused.
    pub existing_numbers_refused: bool,
    /// Jobs that move people answer as the documents say, not as clients saw it.
    pub move_answers_as_documented: bool,
    /// PUT /people refuses `manager` and `managerId`.
    pub manager_refused: bool,
    /// Calling can be removed from a workspace for phones.
    pub phones_without_calling: bool,
    /// Seconds for which a location cannot be deleted after the end of its Calling.
    pub closed_location_seconds: u32,
    /// The least and the most digits of an extension.
    pub extension_digits: [usize; 2],
    /// PUT of a workspace drops capacity, type and notes that it does not name.
    pub workspace_drops_omitted: bool,
    /// The Calling licence of a workspace with devices cannot be exchanged.
    pub devices_block_licence: bool,
    /// The status of settings of a holder without Calling.
    pub settings_absent_status: u16,
    /// The status of settings that only a Professional licence brings; without it 405 for a workspace, as seen live, and 403 for
    /// a person.
    pub settings_standard_status: Option<u16>,
    /// A list with `hasCxEssentials=true` has all features, not only those of Customer Assist.
    pub assist_lists_all: bool,
    /// Most agents of a call queue.
    pub queue_agents: usize,
    /// PUT of a call queue resets what it does not name.
    pub queue_put_drops_omitted: bool,
    /// Read-only members of settings are refused in a PUT.
    pub settings_refuse_read_only: bool,
    /// Mobile numbers that their operator does not bring, with the reason.
    pub refused_mobiles: BTreeMap<String, String>,
    /// Validation does not know what the operator refuses: only the order shows it.
    pub mobiles_refused_late: bool,
    /// Seconds until the Webex Go device of a mobile number appears, which becomes the number of a person; none: never.
    pub mobile_device_seconds: Option<u32>,
    /// Webex Go devices can be deleted.
    pub delete_webex_go: bool,
    /// An activation code can be created for Webex Go.
    pub webex_go_codes: bool,
    /// Seconds that BroadWorks takes to provision, to change and to synchronise.
    pub broadworks_seconds: u32,
    /// What BroadWorks takes up ends with this error.
    pub broadworks_error: Option<u32>,
    /// Subscribers have to confirm their address.
    pub broadworks_validates_email: bool,
    /// The mail that asks for consent, sent again, moves `lastStatusChange`.
    pub broadworks_mail_shows: bool,
    /// Nobody else of an enterprise is taken before its first subscriber is provisioned.
    pub broadworks_first_alone: bool,
    /// What a licence template of Control Hub does is in the audit trail.
    pub template_trail: bool,
    /// Seconds until the audit trail shows an entry.
    pub audit_delay: u32,
    /// Seconds that a job takes to begin, and to end after that.
    pub job_seconds: [u32; 2],
    /// Seconds until a licence template of Control Hub has done its work.
    pub template_delay: u32,
    /// The endpoints of licence templates answer.
    pub template_endpoint: bool,
    /// A Control Hub template keeps the licences of people who leave its group.
    pub preserve_licenses: bool,
    /// Objects of another organisation answer 404 instead of 403.
    pub foreign_is_not_found: bool,
    /// A refresh gives a new refresh token, and the old one is dead.
    pub rotate_refresh_token: bool,
    /// Seconds that an access token lives.
    pub token_seconds: u32,
    /// GET /people/me is the service app and no person.
    pub me_is_app: bool,
    /// Seconds by which the `Date` header is ahead (behind, below zero).
    pub clock_skew: i64,
    /// Requests per second; none is no limit.
    pub rate_limit: Option<f64>,
    /// Requests that may come at once under the limit.
    pub burst: f64,
    /// Seconds for which reads show the state before a write, by resource: `people`, `licenses`, `groups`, `locations`,
    /// `numbers`, `workspaces`, `devices`, …, or `*`.
    pub read_lag: BTreeMap<String, u32>,
}

impl Default for Switches {
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn default() -> Switches {
        Switches {
            unknown_members: true,
            overage: false,
            move_keeps_settings: true,
            failed_move_loses_calling: false,
            devices_go_with_calling: true,
            unknown_person_status: 404,
            people_partial: false,
            people_by_id_bare: false,
            license_answers_bare: false,
            ignore_location_on_put: false,
            number_format: NumberFormat::E164,
            group_paging_defect: false,
            empty_last_page: false,
            group_chunk: 500,
            strict_members: false,
            unique_group_names: false,
            directory_groups: DirectoryGroups::Refuse,
            unique_location_names: true,
            clear_main_number: false,
            used_locations_stay: true,
            prefix_job_fails: false,
            damage_numbers: false,
            number_chunk: 100,
            new_numbers_active: false,
            number_cooling: 20,
            single_number_move: false,
            existing_numbers_refused: true,
            move_answers_as_documented: false,
            manager_refused: false,
            phones_without_calling: false,
            closed_location_seconds: 0,
            extension_digits: [2, 10],
            workspace_drops_omitted: true,
            devices_block_licence: false,
            settings_absent_status: 404,
            settings_standard_status: None,
            assist_lists_all: false,
            queue_agents: 1000,
            queue_put_drops_omitted: false,
            settings_refuse_read_only: false,
            refused_mobiles: BTreeMap::new(),
            mobiles_refused_late: false,
            mobile_device_seconds: Some(0),
            delete_webex_go: false,
            webex_go_codes: false,
            broadworks_seconds: 5,
            broadworks_error: None,
            broadworks_validates_email: false,
            broadworks_mail_shows: false,
            broadworks_first_alone: true,
            template_trail: true,
            audit_delay: 0,
            job_seconds: [1, 4],
            template_delay: 0,
            template_endpoint: false,
            preserve_licenses: true,
            foreign_is_not_found: false,
            rotate_refresh_token: true,
            token_seconds: 1_209_599,
            me_is_app: false,
            clock_skew: 0,
            rate_limit: None,
            burst: 10.0,
            read_lag: BTreeMap::new(),
        }
    }
}

impl Switches {
    /// How long reads of a resource lag, in milliseconds.
    pub fn lag(&self, resource: &str) -> i64 {
        let seconds = self.read_lag.get(resource).or(self.read_lag.get("*"));
        i64::from(seconds.copied().unwrap_or(0)) * 1000
    }

    /// The longest lag, in milliseconds.
    pub fn longest_lag(&self) -> i64 {
        let longest = self.read_lag.values().max();
        i64::from(longest.copied().unwrap_or(0)) * 1000
    }
}

/// How phone numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberFormat {
    /// `+14085550132`.
    E164,
    /// `+1 408 555 0132`.
    Spaced,
    /// `4085550132`, only in the North American plan.
    National,
}

impl NumberFormat {
    /// Writes an E.164 number.
    pub fn write(self, number: &str) -> String {
        let north_american = number.strip_prefix("+1").filter(|rest| rest.len() == 10);
        match (self, north_american) {
            (NumberFormat::Spaced, Some(rest)) => {
                format!("+1 {} {} {}", &rest[..3], &rest[3..6], &rest[6..])
            }
            (NumberFormat::National, Some(rest)) => rest.to_owned(),
            _ => number.to_owned(),
        }
    }
}

/// What happens to changes of groups that a directory owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DirectoryGroups {
    /// 403.
    Refuse,
    /// They are made.
    Accept,
    /// They are accepted and have no effect.
    Ignore,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_forms_exist_only_in_the_north_american_plan() {
        assert_eq!(
            NumberFormat::Spaced.write("+14085550132"),
            "+1 408 555 0132"
        );
        assert_eq!(NumberFormat::National.write("+14085550132"), "4085550132");
        assert_eq!(
            NumberFormat::National.write("+442079460104"),
            "+442079460104"
        );
    }

    #[test]
    fn a_scenario_names_what_differs() {
        let switches: Switches = serde_json::from_str(r#"{"readLag": {"people": 60}}"#).unwrap();
        assert_eq!(switches.lag("people"), 60_000);
        assert_eq!(switches.lag("groups"), 0);
        assert!(serde_json::from_str::<Switches>(r#"{"overrage": true}"#).is_err());
    }
}
