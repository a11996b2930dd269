"""An independent client against the simulator: what wxc_sdk asks must be answered so that its models parse.

    python3 trial.py URL TOKEN

URL is where `trunkline simulate` listens, TOKEN one of its tokens. Says a line for each call. Exit 0: all as it should be;
1: not.

A problem is a call that fails, an answer that a model refuses, an enum value or a member that the models do not know, and an
answer that does not say what was written before.
"""

import asyncio
import datetime
import logging
import sys

import wxc_sdk.as_rest
import wxc_sdk.rest
from pydantic import BaseModel
from wxc_sdk import WebexSimpleApi
from wxc_sdk.as_api import AsWebexSimpleApi
from wxc_sdk.base import webex_id_to_uuid
from wxc_sdk.common.schedules import Event, Schedule, ScheduleType
from wxc_sdk.groups import Group, GroupMember
from wxc_sdk.licenses import LicenseProperties, LicenseRequest, LicenseRequestOperation
from wxc_sdk.licenses import SiteAccountType, SiteUrlsRequest
from wxc_sdk.people import Person
from wxc_sdk.person_settings.monitoring import MonitoredElement, MonitoredElementMember
from wxc_sdk.person_settings.permissions_out import Action, DigitPattern
from wxc_sdk.person_settings.selective_accept import SelectiveAcceptCriteria
from wxc_sdk.person_settings.single_number_reach import SingleNumberReachNumber
from wxc_sdk.rest import RestError
from wxc_sdk.scim.bulk import BulkMethod, BulkOperation, BulkResponseOperation
from wxc_sdk.scim.users import EmailObject, EmailObjectType, NameObject, PatchUserOperation
from wxc_sdk.scim.users import PatchUserOperationOp, ScimUser, UserTypeObject
from wxc_sdk.telephony.jobs import MoveUser, MoveUsersList
from wxc_sdk.workspaces import CallingType, Workspace, WorkspaceCalling, WorkspaceWebexCalling

MAIL = 'trial.person@example.com'

# The simulator strews these over its answers, so that clients have to be tolerant.
STREWN = {'x_beta', 'futureFlag', 'provisioningHint'}
# Documented members that this SDK spells otherwise, so that they go by it.
SPELT = {'Operations', 'organizationID', 'numbers'}
# What the API documents and this SDK does not know.
NEWER = {'ProductType, new value: webexgo', 'ProductType, new value: unknown', 'ProductType, new value: accessory'}


class Problems(logging.Handler):
    """Collects what is wrong; as a log handler, the enum values that the SDK had to learn."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []
        self.calls = 0
        logging.getLogger('wxc_sdk').addHandler(self)

    def emit(self, record):
        message = record.getMessage()
        # the SDK's own models hide a method or two of pydantic; that is no answer of ours
        if 'auto enhancing' in message and not any(message.endswith(known) for known in NEWER):
            self.say('an enum', message)

    def say(self, where, what):
        self.found.append(f'{where}: {what}')
        print(f'NO  {where}: {what}')


problems = Problems()


def unknown(value, path=''):
    """Members of an answer that no model of the SDK has."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from unknown(item, f'{path}[]')
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from unknown(item, f'{path}.{name}')
    elif isinstance(value, BaseModel):
        for name in set(value.model_extra or {}) - STREWN - SPELT:
            yield f'{path}.{name}'
        for name in type(value).model_fields:
            yield from unknown(getattr(value, name), f'{path}.{name}')


def accept(name, result):
    """Looks at an answer, and returns it."""
    problems.calls += 1
    for member in sorted(set(unknown(result))):
        problems.say(name, f'the SDK has no member {member}')
    size = f' {len(result)}' if isinstance(result, list) else ''
    print(f'ok  {name}{size}')
    return result


def call(name, function, /, *args, **kwargs):
    """Calls, reads all pages, and looks at the answer. None when it failed."""
    try:
        result = function(*args, **kwargs)
        if hasattr(result, '__next__'):
            result = list(result)
    except Exception as error:  # whatever is wrong is a finding, and the trial goes on
        problems.calls += 1
        problems.say(name, f'{type(error).__name__}: {error}')
        return None
    return accept(name, result)


def check(name, holds, what=''):
    """Says so when an answer is not what it should be."""
    if not holds:
        problems.say(name, f'not as it should be {what}'.strip())


def refused(name, function, /, *args, **kwargs):
    """A call that has to be refused, with an error that the SDK can read."""
    try:
        function(*args, **kwargs)
    except RestError as error:
        check(name, not isinstance(error.detail, str), f'the error does not parse: {error.detail}')
        print(f'ok  {name} refused: {error}')
        return
    problems.say(name, 'was not refused')


def read_organisation(api):
    """Everything that is only read. Returns what the writes need."""
    me = call('people.me', api.people.me, calling_data=True)
    organisations = call('organizations.list', api.organizations.list) or []
    for organisation in organisations:
        call('organizations.details', api.organizations.details, organisation.org_id)
    check('people.me', me and me.org_id in {organisation.org_id for organisation in organisations}, 'orgId')
    roles = call('roles.list', api.roles.list) or []
    for role in roles[:2]:
        call('roles.details', api.roles.details, role.id)
    licenses = call('licenses.list', api.licenses.list) or []
    for license in licenses:
        call('licenses.details', api.licenses.details, license.license_id)
    used = next((license for license in licenses if license.consumed_by_users), None)
    if used:
        users = call('licenses.assigned_users', api.licenses.assigned_users, used.license_id)
        check('licenses.assigned_users', users and len(users) == used.consumed_by_users, 'count')
    people = call('people.list', api.people.list, calling_data=True, max=10) or []
    plain = call('people.list without Calling', api.people.list) or []
    check('people.list', {p.person_id for p in people} == {p.person_id for p in plain}, 'both lists')
    for person in people[:3]:
        found = call('people.details', api.people.details, person.person_id, calling_data=True)
        check('people.details', found and found.person_id == person.person_id)
        found = call('people.list by e-mail', api.people.list, email=person.emails[0])
        check('people.list by e-mail', found and found[0].person_id == person.person_id)
    groups = call('groups.list', api.groups.list, include_members=True) or []
    for group in groups[:5]:
        call('groups.details', api.groups.details, group.group_id, include_members=True)
        members = call('groups.members', api.groups.members, group.group_id)
        check('groups.members', members is not None and len(members) == (group.member_size or 0), 'count')
    locations = call('locations.list', api.locations.list) or []
    for location in locations[:5]:
        call('locations.details', api.locations.details, location.location_id)
        call('locations.by_name', api.locations.by_name, location.name)
        call('locations.list_floors', api.locations.list_floors, location.location_id)
    calling = call('telephony.location.list', api.telephony.location.list) or []
    for location in calling[:5]:
        call('telephony.location.details', api.telephony.location.details, location.location_id)
        call('telephony.location.read_ecbn', api.telephony.location.read_ecbn, location.location_id)
        call('telephony.location.phone_numbers', api.telephony.location.phone_numbers, location.location_id)
        call('telephony.pstn.list', api.telephony.pstn.list, location.location_id)
        try:
            accept('telephony.pstn.read', api.telephony.pstn.read(location.location_id))
        except RestError as error:
            # a location without a connection to the public network has none to show
            check('telephony.pstn.read', error.response.status_code == 404, str(error))
        call(
            'telephony.location.safe_delete_check',
            api.telephony.location.safe_delete_check_before_disabling_calling_location,
            location.location_id,
        )
    numbers = call('telephony.phone_numbers', api.telephony.phone_numbers) or []
    counts = call('telephony.phone_number_details', api.telephony.phone_number_details)
    if counts:
        with_number = [number for number in numbers if number.phone_number]
        check('telephony.phone_number_details', counts.total == len(numbers), f'{counts} {len(numbers)} {len(with_number)}')
    call('available_numbers.primary', api.person_settings.available_numbers.primary)
    call('telephony.validate_extensions', api.telephony.validate_extensions, ['2001', '911'])
    valid = call('telephony.validate_phone_numbers', api.telephony.validate_phone_numbers, ['+14085559999', '12'])
    check('telephony.validate_phone_numbers', valid and [number.ok for number in valid.phone_numbers] == [True, False], str(valid))
    call('telephony.read_list_of_announcement_languages', api.telephony.read_list_of_announcement_languages)
    call('telephony.get_country_configuration', api.telephony.get_country_configuration, 'US')
    supported = call('telephony.supported_devices', api.telephony.supported_devices)
    check('telephony.supported_devices', supported and supported.devices)
    workspaces = call('workspaces.list', api.workspaces.list) or []
    for workspace in workspaces[:4]:
        call('workspaces.details', api.workspaces.details, workspace.workspace_id)
        call('workspaces.capabilities', api.workspaces.capabilities, workspace.workspace_id)
    devices = call('devices.list', api.devices.list) or []
    for device in devices[:4]:
        call('devices.details', api.devices.details, device.device_id)
    for name in ('manage_numbers', 'move_users', 'update_routing_prefix', 'disable_calling_location'):
        job = getattr(api.telephony.jobs, name)
        call(f'telephony.jobs.{name}.list', job.list)
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    since = until - datetime.timedelta(days=300)
    call('admin_audit.list_events', api.admin_audit.list_events, me.org_id, since, until)
    call('admin_audit.list_event_categories', api.admin_audit.list_event_categories)
    return me, licenses, people, locations, calling, workspaces, numbers


# Settings of a person, by the SDK's names: what every licence brings, and what only Professional does.
PERSON = """
    barge.read call_intercept.read call_recording.read call_waiting.read caller_id.read calling_behavior.read dnd.read
    ecbn.read ecbn.dependencies forwarding.read music_on_hold.read numbers.read outbound_billing_plan.read
    permissions_in.read permissions_out.read permissions_out.transfer_numbers.read permissions_out.access_codes.read
    permissions_out.digit_patterns.get_digit_patterns preferred_answer.read selective_accept.read selective_forward.read
    selective_reject.read sim_ring.read anon_calls.read voicemail.read appservices.read feature_access.read ms_teams.read
    schedules.list devices get_calling_services get
    available_numbers.secondary available_numbers.fax_message available_numbers.call_forward available_numbers.ecbn
    available_numbers.call_intercept
"""
PROFESSIONAL_PERSON = """
    agent_caller_id.read agent_caller_id.available_caller_ids app_shared_line.get_members app_shared_line.search_members
    app_shared_line.members_count call_bridge.read get_call_captions_settings exec_assistant.read executive.alert_settings
    executive.assigned_assistants executive.executive_assistant_settings executive.executive_available_assistants
    executive.executive_call_filtering_settings executive.screening_settings hotdesking.get_members
    hotdesking.available_members hoteling.read mode_management.assigned_features mode_management.available_features
    monitoring.read monitoring.get_available_members_for_monitoring personal_assistant.get privacy.read push_to_talk.read
    receptionist.read single_number_reach.read
"""
# The same of a workspace.
WORKSPACE = """
    numbers.read forwarding.read call_waiting.read caller_id.read monitoring.read permissions_in.read permissions_out.read
    permissions_out.transfer_numbers.read permissions_out.access_codes.read
    permissions_out.digit_patterns.get_digit_patterns call_intercept.read music_on_hold.read ecbn.read ecbn.dependencies
    devices.list
"""
PROFESSIONAL_WORKSPACE = """
    anon_calls.read barge.read call_bridge.read call_policy.read dnd.read priority_alert.read privacy.read push_to_talk.read
    selective_accept.read selective_forward.read selective_reject.read sequential_ring.read sim_ring.read voicemail.read
"""


def read_features(api, calling):
    """Calling features: each list, and each entry of it."""
    telephony = api.telephony
    for assist in (None, True):
        for queue in call('callqueue.list', telephony.callqueue.list, has_cx_essentials=assist) or []:
            call('callqueue.details', telephony.callqueue.details, queue.location_id, queue.id, has_cx_essentials=assist)
        for supervisor in call('supervisors.list', telephony.supervisors.list, has_cx_essentials=assist) or []:
            call('supervisors.details', telephony.supervisors.details, supervisor.id, has_cx_essentials=assist)
    for group in call('huntgroup.list', telephony.huntgroup.list) or []:
        call('huntgroup.details', telephony.huntgroup.details, group.location_id, group.id)
    for attendant in call('auto_attendant.list', telephony.auto_attendant.list) or []:
        call('auto_attendant.details', telephony.auto_attendant.details, attendant.location_id, attendant.auto_attendant_id)
    for group in call('voicemail_groups.list', telephony.voicemail_groups.list) or []:
        call('voicemail_groups.details', telephony.voicemail_groups.details, group.location_id, group.group_id)
    for group in call('paging.list', telephony.paging.list) or []:
        call('paging.details', telephony.paging.details, group.location_id, group.paging_id)
    for line in call('virtual_lines.list', telephony.virtual_lines.list) or []:
        call('virtual_lines.details', telephony.virtual_lines.details, line.id)
    for place in (location.location_id for location in calling):
        for group in call('pickup.list', telephony.pickup.list, place) or []:
            call('pickup.details', telephony.pickup.details, place, group.pickup_id)
        for group in call('callpark.list', telephony.callpark.list, place) or []:
            call('callpark.details', telephony.callpark.details, place, group.callpark_id)


def read_settings(of, settings, names, holder):
    """Reads settings by the SDK's names. What this release of the SDK does not have is left out."""
    found = {}
    for name in names.split():
        function = settings
        for part in name.split('.'):
            function = getattr(function, part, None)
        if function is None:
            print(f'--  {of}.{name} is not in this SDK')
        else:
            found[name] = call(f'{of}.{name}', function, holder)
    return found


def read_person_settings(api, person_id, professional=True):
    """Every setting of a person."""
    names = PERSON + PROFESSIONAL_PERSON if professional else PERSON
    return read_settings('person_settings', api.person_settings, names, person_id)


def read_workspace_settings(api, workspace_id, professional):
    """The settings of a workspace."""
    names = WORKSPACE + PROFESSIONAL_WORKSPACE if professional else WORKSPACE
    return read_settings('workspace_settings', api.workspace_settings, names, workspace_id)


def change_person_settings(api, person_id, other_id):
    """Writes settings the way the SDK does, and reads them back."""
    settings = api.person_settings

    def changed(name, api_child, write, change, attribute):
        """Reads, changes one attribute, writes and reads again."""
        value = call(f'{name}.read', api_child.read, person_id)
        if value is None:
            return
        change(value)
        call(f'{name}.write', write, person_id, value)
        again = call(f'{name}.read again', api_child.read, person_id)
        wanted, got = attribute(value), again and attribute(again)
        check(name, wanted == got, f'{wanted!r} is {got!r}')

    def enabled(value):
        value.enabled = True

    def forward(value):
        value.call_forwarding.no_answer.enabled = True
        value.call_forwarding.no_answer.destination = '+14085550199'
        value.call_forwarding.no_answer.number_of_rings = 5

    def mail(value):
        value.notifications.enabled = True
        value.notifications.destination = MAIL
        value.send_unanswered_calls.number_of_rings = 6

    def international(value):
        value.use_custom_enabled = True
        value.use_custom_permissions = True
        value.calling_permissions.international.action = Action.allow

    changed('dnd', settings.dnd, settings.dnd.configure, enabled, lambda v: v.enabled)
    changed('barge', settings.barge, settings.barge.configure, enabled, lambda v: v.enabled)
    changed('hoteling', settings.hoteling, lambda p, v: settings.hoteling.configure(p, True), lambda v: None, lambda v: True)
    changed(
        'forwarding',
        settings.forwarding,
        settings.forwarding.configure,
        forward,
        lambda v: (v.call_forwarding.no_answer.destination, v.call_forwarding.no_answer.number_of_rings),
    )
    changed(
        'voicemail',
        settings.voicemail,
        settings.voicemail.configure,
        mail,
        lambda v: (v.notifications.destination, v.send_unanswered_calls.number_of_rings),
    )
    changed(
        'permissions_out',
        settings.permissions_out,
        settings.permissions_out.configure,
        international,
        lambda v: v.calling_permissions.international.action,
    )
    caller_id = call('caller_id.read', settings.caller_id.read, person_id)
    if caller_id:
        caller_id.block_in_forward_calls_enabled = True
        call('caller_id.write', settings.caller_id.configure_settings, person_id, caller_id)
        again = call('caller_id.read again', settings.caller_id.read, person_id)
        check('caller_id', again and again.block_in_forward_calls_enabled)
    monitoring = call('monitoring.read', settings.monitoring.read, person_id)
    if monitoring:
        monitoring.monitored_elements = [MonitoredElement(member=MonitoredElementMember(member_id=other_id))]
        call('monitoring.write', settings.monitoring.configure, person_id, monitoring)
        again = call('monitoring.read again', settings.monitoring.read, person_id)
        check('monitoring', again and [it.member.member_id for it in again.monitored_elements] == [other_id])
    receptionist = call('receptionist.read', settings.receptionist.read, person_id)
    if receptionist:
        receptionist.enabled = True
        receptionist.monitored_members = [other_id]
        call('receptionist.write', settings.receptionist.configure, person_id, receptionist)
        again = call('receptionist.read again', settings.receptionist.read, person_id)
        check('receptionist', again and [it.member_id for it in again.monitored_members] == [other_id])
    schedule = Schedule.business('trial hours')
    schedule_id = call('schedules.create', settings.schedules.create, person_id, schedule)
    schedules = call('schedules.list', settings.schedules.list, person_id)
    check('schedules', schedules and schedules[0].name == 'trial hours')
    if schedule_id:
        kind = ScheduleType.business_hours
        details = call('schedules.details', settings.schedules.details, person_id, kind, schedule_id)
        check('schedules.details', details and len(details.events) == len(schedule.events), 'events')
        if details:
            day = datetime.date(2026, 12, 24)
            event = Event(name='eve', start_date=day, end_date=day, all_day_enabled=True)
            call('schedules.event_create', settings.schedules.event_create, person_id, kind, schedule_id, event)
            details.new_name = 'office hours'
            call('schedules.update', settings.schedules.update, person_id, details, kind, schedule_id)
    criteria = SelectiveAcceptCriteria.model_validate(
        {'scheduleName': 'office hours', 'scheduleType': 'businessHours', 'scheduleLevel': 'PEOPLE',
         'callsFrom': 'SELECT_PHONE_NUMBERS', 'phoneNumbers': ['+14085550150'], 'acceptEnabled': True}
    )
    criteria_id = call('selective_accept.create_criteria', settings.selective_accept.create_criteria, person_id, criteria)
    if criteria_id:
        accepting = call('selective_accept.read', settings.selective_accept.read, person_id)
        check('selective_accept', accepting and accepting.criteria[0].id == criteria_id)
        call('selective_accept.read_criteria', settings.selective_accept.read_criteria, person_id, criteria_id)
    codes = settings.permissions_out.access_codes
    call('access_codes.create', codes.create, person_id, '4856', 'trial')
    found = call('access_codes.read', codes.read, person_id)
    check('access_codes', found and '4856' in str(found))
    patterns = settings.permissions_out.digit_patterns
    pattern = DigitPattern(name='trial', pattern='1XXX', action=Action.block, transfer_enabled=False)
    pattern_id = call('digit_patterns.create', patterns.create, person_id, pattern)
    if pattern_id:
        found = call('digit_patterns.details', patterns.details, person_id, pattern_id)
        check('digit_patterns', found and found.pattern == '1XXX')
    call('single_number_reach.create', settings.single_number_reach.create_snr, person_id,
         SingleNumberReachNumber(phone_number='+14085550188', enabled=True, name='mobile'))
    reach = call('single_number_reach.read', settings.single_number_reach.read, person_id)
    check('single_number_reach', reach and reach.numbers)
    call('voicemail.modify_passcode', settings.voicemail.modify_passcode, person_id, '739154')
    call('voicemail.reset_pin', settings.reset_vm_pin, person_id)
    call('profile.modify', settings.modify, person_id, time_zone='America/Chicago')
    profile = call('profile.get', settings.get, person_id)
    check('profile', profile and profile.time_zone == 'America/Chicago')


def digest(settings):
    """Settings as text, to be compared."""
    return {name: value.model_dump_json() if isinstance(value, BaseModel) else str(value) for name, value in settings.items()}


def try_person(api, licenses, people, calling, numbers):
    """A person from the first request to the last: created, licensed, moved to another subscription, deleted."""
    pools = [license for license in licenses if license.webex_calling_professional]
    other = next((person for person in people if person.location_id), None)
    place = other and next((location for location in calling if location.location_id == other.location_id), None)
    if not pools or not place:
        print('ok  no Calling to move in this organisation')
        return
    created = call('people.create', api.people.create, Person(emails=[MAIL], display_name='Trial Person', first_name='Trial', last_name='Person'))
    if not created:
        return
    person_id = created.person_id
    refused('settings without Calling', api.person_settings.dnd.read, person_id)
    extension = next(str(number) for number in range(6100, 6999)
                     if str(number) not in {entry.extension for entry in numbers})
    free = next((number for number in numbers if number.phone_number and not number.owner
                 and number.location and number.location.id == place.location_id
                 and not number.main_number), None)
    properties = LicenseProperties(location_id=place.location_id, extension=extension,
                                   phone_number=free.phone_number if free else None)
    first = LicenseRequest(id=pools[0].license_id, operation=LicenseRequestOperation.add, properties=properties)
    answer = call('licenses.assign: Calling', api.licenses.assign_licenses_to_users, person_id=person_id, licenses=[first])
    check('licenses.assign: Calling', answer and pools[0].license_id in answer.licenses)
    person = call('people.details', api.people.details, person_id, calling_data=True)
    check('people.details', person and person.location_id == place.location_id and person.extension == extension, str(person))
    change_person_settings(api, person_id, other.person_id)
    before = read_person_settings(api, person_id)
    if len(pools) > 1:
        move = [
            LicenseRequest(id=pools[1].license_id, operation=LicenseRequestOperation.add, properties=properties),
            LicenseRequest(id=pools[0].license_id, operation=LicenseRequestOperation.remove),
        ]
        answer = call('licenses.assign: move', api.licenses.assign_licenses_to_users, person_id=person_id, licenses=move)
        check('licenses.assign: move', answer and pools[1].license_id in answer.licenses
              and pools[0].license_id not in answer.licenses, str(answer))
        person = call('people.details', api.people.details, person_id, calling_data=True)
        check('move', person and person.location_id == place.location_id and person.extension == extension, 'place')
        after = read_person_settings(api, person_id)
        lost = [name for name in before if digest(before)[name] != digest(after)[name]]
        check('move', not lost, f'settings changed: {lost}')
    person.title = 'Trial'
    person = call('people.update', api.people.update, person, calling_data=True)
    check('people.update', person and person.title == 'Trial')
    elsewhere = next((location for location in calling if location.location_id != place.location_id), None)
    if elsewhere:
        # this SDK takes the answer of a validation for that of a job, so only its request is used
        user = MoveUser(user_id=person_id, extension='6999')
        users = MoveUsersList(location_id=elsewhere.location_id, validate=True, users=[user])
        body = {'usersList': [users.model_dump(mode='json', by_alias=True, exclude_none=True)]}
        answer = call('move_users.validate', api.session.rest_post, api.telephony.jobs.move_users.ep(), json=body)
        check('move_users.validate', answer and answer['response']['usersList'][0]['userId'] == person_id, str(answer))
    sites = [license.site_url for license in licenses if license.site_url]
    if sites:
        attendee = SiteUrlsRequest(site_url=sites[0], account_type=SiteAccountType.attendee, operation=LicenseRequestOperation.add)
        answer = call('licenses.assign: attendee', api.licenses.assign_licenses_to_users, person_id=person_id, site_urls=[attendee])
        check('licenses.assign: attendee', answer and answer.site_urls, str(answer))
    call('people.delete', api.people.delete_person, person_id)
    refused('people.details after deletion', api.people.details, person_id)


def bare(public_id):
    """The uuid in an id; an id of a made-up snapshot is taken as it is."""
    try:
        return webex_id_to_uuid(public_id)
    except ValueError:
        return public_id


def try_scim(api, org_id):
    """SCIM users, groups and bulk."""
    org = bare(org_id)
    users = call('scim.users.search_all', api.scim.users.search_all, org, count=50, return_groups='true') or []
    for user in users[:2]:
        call('scim.users.details', api.scim.users.details, org, user.id)
        found = call('scim.users.search', api.scim.users.search, org, filter=f'userName eq "{user.user_name}"')
        check('scim.users.search', found and found.total_results == 1)
    new = ScimUser(
        schemas=['urn:ietf:params:scim:schemas:core:2.0:User'], user_name=MAIL, user_type=UserTypeObject.user,
        display_name='Trial Person', name=NameObject(given_name='Trial', family_name='Person'),
        emails=[EmailObject(value=MAIL, type=EmailObjectType.work, primary=True)], active=True,
    )
    created = call('scim.users.create', api.scim.users.create, org, new)
    if created:
        created.title = 'Lead'
        updated = call('scim.users.update', api.scim.users.update, org, created)
        check('scim.users.update', updated and updated.title == 'Lead')
        operations = [PatchUserOperation(op=PatchUserOperationOp.replace, path='displayName', value='Trial Two')]
        patched = call('scim.users.patch', api.scim.users.patch, org, created.id, operations=operations)
        check('scim.users.patch', patched and patched.display_name == 'Trial Two')
    groups = call('scim.groups.search_all', api.scim.groups.search_all, org, include_members=True) or []
    for group in groups[:2]:
        call('scim.groups.details', api.scim.groups.details, org, group.id)
        call('scim.groups.members_all', api.scim.groups.members_all, org, group.id)
    bulk = [BulkOperation(method=BulkMethod.post, path='/Users', bulk_id='u1', data={
        'schemas': ['urn:ietf:params:scim:schemas:core:2.0:User'], 'userName': 'trial.bulk@example.com', 'userType': 'user',
        'displayName': 'Trial Bulk', 'emails': [{'value': 'trial.bulk@example.com', 'type': 'work', 'primary': True}]})]
    if created:
        bulk.append(BulkOperation(method=BulkMethod.delete, path=f'/Users/{created.id}'))
    answer = call('scim.bulk', api.scim.bulk.bulk_request, org, bulk, fail_on_errors=1)
    if answer:
        # the documents have a capital O in answers
        operations = answer.operations or [
            BulkResponseOperation.model_validate(operation) for operation in answer.model_extra['Operations']
        ]
        check('scim.bulk', [operation.status for operation in operations] == [201, 204][: len(bulk)], str(answer))
        call('scim.users.delete', api.scim.users.delete, org, operations[0].user_id)


def try_groups(api, people):
    """A group from creation to deletion."""
    members = [GroupMember(member_id=person.person_id) for person in people[:2]]
    group = call('groups.create', api.groups.create, Group(display_name='trial group', members=members))
    if not group:
        return
    check('groups.create', group.member_size in (None, len(members)))
    for member in members[:1]:
        member.operation = 'delete'
    call('groups.update', api.groups.update, group.group_id, Group(display_name='trial group 2', members=members[:1]))
    left = call('groups.members', api.groups.members, group.group_id)
    check('groups.update', left is not None and len(left) == len(members) - 1)
    call('groups.delete', api.groups.delete_group, group.group_id)


def try_workspaces(api, licenses, workspaces, calling, numbers):
    """Workspaces with their settings; one from creation to deletion, with a device's activation code."""
    professional = {license.license_id for license in licenses if license.webex_calling_professional}
    for workspace in workspaces[:6]:
        web = workspace.calling and workspace.calling.webex_calling
        if web and web.licenses:
            read_workspace_settings(api, workspace.workspace_id, bool(professional & set(web.licenses)))
    pool = next((license for license in licenses if license.webex_calling_workspaces or license.webex_calling_professional), None)
    if pool and calling:
        web = WorkspaceWebexCalling(extension='6777', location_id=calling[0].location_id, licenses=[pool.license_id])
        settings = Workspace(display_name='trial room', location_id=calling[0].location_id,
                             calling=WorkspaceCalling(type=CallingType.webex, webex_calling=web))
    else:
        settings = Workspace(display_name='trial room')
    workspace = call('workspaces.create', api.workspaces.create, settings)
    if not workspace:
        return
    if pool and calling:
        found = call('workspace_settings.numbers.read', api.workspace_settings.numbers.read, workspace.workspace_id)
        check('workspace numbers', found and found.phone_numbers[0].extension == '6777')
    workspace.notes = 'by trial'
    workspace.capacity = 4
    if workspace.calling and workspace.calling.webex_calling:
        workspace.calling.webex_calling.extension = '6777'
        workspace.calling.webex_calling.location_id = calling[0].location_id
    updated = call('workspaces.update', api.workspaces.update, workspace.workspace_id, workspace)
    check('workspaces.update', updated and updated.notes == 'by trial' and updated.capacity == 4)
    code = call('devices.activation_code', api.devices.activation_code, workspace_id=workspace.workspace_id)
    check('devices.activation_code', code and code.code)
    call('workspaces.delete', api.workspaces.delete_workspace, workspace.workspace_id)


def try_locations(api):
    """A location, enabled for Calling, with numbers, and given back as far as it goes."""
    place = call('locations.create', api.locations.create, name='Trial Town', time_zone='America/Chicago',
                 preferred_language='en_us', announcement_language='en_us', address1='771 Alder Drive',
                 city='Milpitas', state='CA', postal_code='95035', country='US')
    if not place:
        return
    location = call('locations.details', api.locations.details, place)
    if location:
        location.announcement_language = 'en_us'
        call('telephony.location.enable_for_calling', api.telephony.location.enable_for_calling, location)
    details = call('telephony.location.details', api.telephony.location.details, place)
    options = call('telephony.pstn.list', api.telephony.pstn.list, place) or []
    usable = next((option for option in options if 'remise' not in (option.display_name or '')), None)
    if usable:
        call('telephony.pstn.configure', api.telephony.pstn.configure, place, id=usable.id)
        chosen = [f'+1408555{number}' for number in (7100, 7101)]
        call('telephony.location.number.add', api.telephony.location.number.add, place, chosen)
        call('telephony.location.number.activate', api.telephony.location.number.activate, place, chosen)
        found = call('telephony.phone_numbers of a location', api.telephony.phone_numbers, location_id=place) or []
        check('telephony.location.number.add', {number.phone_number for number in found} >= set(chosen))
        if details:
            details.calling_line_id.phone_number = chosen[0]
            call('telephony.location.update', api.telephony.location.update, place, details)
        call('telephony.location.number.remove', api.telephony.location.number.remove, place, chosen[1:])
        refused('the main number stays', api.telephony.location.number.remove, place, chosen[:1])


async def try_async(token, person_id):
    """The asynchronous API: the same models over aiohttp, many requests at once."""
    async with AsWebexSimpleApi(tokens=token, concurrent_requests=10) as api:
        me, people, licenses, numbers = await asyncio.gather(
            api.people.me(), api.people.list(calling_data=True), api.licenses.list(), api.telephony.phone_numbers()
        )
        for name, result in (('me', me), ('people', people), ('licenses', licenses), ('numbers', numbers)):
            accept(f'async {name}', result)
        holders = [person.person_id for person in people if person.location_id][:8]
        voicemail = await asyncio.gather(*(api.person_settings.voicemail.read(holder) for holder in holders))
        accept('async voicemail', list(voicemail))
        org = bare(me.org_id)
        users = await api.scim.users.search_all(org)
        check('async scim', len(users) == len(people), f'{len(users)} {len(people)}')


def main(url, token):
    wxc_sdk.rest.RestSession.BASE = f'{url}/v1'
    wxc_sdk.as_rest.AsRestSession.BASE = f'{url}/v1'
    for scim in (wxc_sdk.scim.child.ScimApiChild, wxc_sdk.as_api.AsScimApiChild):
        # SCIM stands beside /v1, and the SDK has its address in the code
        scim.ep = lambda self, path=None: f'{url}/{self.base}' + (path and f'/{path}' or '')
    api = WebexSimpleApi(tokens=token)
    me, licenses, people, locations, calling, workspaces, numbers = read_organisation(api)
    read_features(api, calling)
    names = {license.license_id: license for license in licenses}
    holders = [person for person in people if person.location_id]
    for person in holders[:2]:
        professional = any(names[held].webex_calling_professional for held in person.licenses if held in names)
        read_person_settings(api, person.person_id, professional)
    try_person(api, licenses, people, calling, numbers)
    try_scim(api, me.org_id)
    try_groups(api, people)
    try_workspaces(api, licenses, workspaces, calling, numbers)
    try_locations(api)
    asyncio.run(try_async(token, me.person_id))
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    events = call('admin_audit.list_events', api.admin_audit.list_events, me.org_id, until - datetime.timedelta(days=300), until)
    check('admin_audit.list_events', bool(events), 'the writes left no trace')
    print(f'{problems.calls} calls, {len(problems.found)} problems')
    return 1 if problems.found else 0


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1].rstrip('/'), sys.argv[2]))
