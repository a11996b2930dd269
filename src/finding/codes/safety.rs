//! Finding codes: losses, acknowledgements and guardrails; features that are not planned yet.

use crate::finding::{Code, CodePage};

codes! {
    // Losses that need an acknowledgement

    CALLING_LOSS = "calling-loss", Error, true,
        "A person or workspace loses Calling, and its data is permanently destroyed.",
        "An error (exit 4) until it is acknowledged, then an info: the Calling licence is removed and no other replaces it in the \
         same request. Voicemail, number assignment and all calling settings of this user or workspace are deleted and cannot be \
         restored; the plan lists them. It also applies if a hold leaves the removal to you, and to a licence of an unknown name \
         with Calling in it whose holder has a number or an extension. To change the subscription, use `replacedBy` or name a \
         `subscription` instead: that loses nothing. If the loss is intended, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: calling-loss\
         \n        subjects: [bob@acme.com]\
         \n        reason: left the company, HR-123";

    USER_DELETION = "user-deletion", Error, true,
        "A person is permanently deleted.",
        "An error (exit 4) until it is acknowledged, then an info: the person has `state: absent`. Licences, number assignment, \
         voicemail and calling settings are deleted with the person and cannot be restored; the plan lists what is lost. Remove \
         `state: absent` if the person stays. If not, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: user-deletion\
         \n        subjects: [bob@acme.com]\
         \n        reason: left the company, HR-123";

    WORKSPACE_DELETION = "workspace-deletion", Error, true,
        "A workspace is permanently deleted.",
        "An error (exit 4) until it is acknowledged, then an info: the base revision declares the workspace and the files no \
         longer do. Its number assignment and calling settings are lost, and its devices have to be activated again elsewhere. \
         Restore the block if the workspace stays. If not, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: workspace-deletion\
         \n        subjects: [workspace/Lobby]\
         \n        reason: room closed, FM-88";

    LOCATION_DELETION = "location-deletion", Error, true,
        "A Calling location is permanently deleted.",
        "An error (exit 4) until it is acknowledged, then an info: the base revision declares the location and the files no longer \
         do. The calling settings of the location are lost and cannot be restored; everyone in it has to be moved first. Restore \
         the block if the location stays. If not, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: location-deletion\
         \n        subjects: [location/Dallas]\
         \n        reason: office closed, FM-90";

    CALL_QUEUE_DELETION = "call-queue-deletion", Error, true,
        "A call queue is permanently deleted.",
        "An error (exit 4) until it is acknowledged, then an info: the base revision declares the call queue and the files no \
         longer do. Its greetings, policies and other settings are lost: no backup has them, and a queue that is created again has \
         the settings of a new one. Its number and extension become free, and its agents keep Calling. Restore the block if the \
         queue stays. If not, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: call-queue-deletion\
         \n        subjects: [callQueue/Support]\
         \n        reason: the team was merged into Sales, OPS-41";

    CALL_QUEUE_INCOMPLETE = "call-queue-incomplete", Error, false,
        "A new call queue lacks what Webex asks for.",
        "An error of the plan (exit 4): the organisation has no call queue of this name, and to create one Webex needs a location, \
         and a number or an extension. The queue is left out of the plan. Write what is missing, or correct the name if an existing \
         queue is meant.\n\
         \n    callQueues:\
         \n      Support: {location: Dallas, extension: \"2000\", agents: [ana@acme.com]}";

    CALL_QUEUE_LOCATION_FIXED = "call-queue-location-fixed", Error, false,
        "A call queue stays in its location.",
        "An error of the plan (exit 4): the files name another location than the queue has, and Webex has no request that moves \
         one. Everything else of the queue is planned. Write the location that it has; to move it, declare a queue with another \
         name in the other location, and remove this one.";

    CALL_QUEUE_AGENT_WITHOUT_CALLING = "call-queue-agent-without-calling", Warning, false,
        "An agent of a call queue has no Calling.",
        "A warning: only someone who has Webex Calling can be an agent. This person or workspace has none once the plan is carried out, so \
         they do not join the queue, and who loses Calling leaves it. Remove them from `agents`, or give them Calling.";

    CALL_QUEUE_TOO_MANY_AGENTS = "call-queue-too-many-agents", Error, false,
        "A call queue has more agents than Webex takes.",
        "An error of the plan (exit 4): Webex takes at most 1,000 agents in one call queue (fewer where calls ring for all agents \
         at once, or by weight). No agent of the queue is changed. Divide the agents among several queues.";

    BROADWORKS_SUBSCRIBER_DELETION = "broadworks-subscriber-deletion", Error, true,
        "A BroadWorks subscriber is permanently deleted.",
        "An error (exit 4) until it is acknowledged, then an info: the base revision declares the subscriber and the files no \
         longer do. The subscriber loses the Webex services that come through BroadWorks, and what was set up for them. Restore \
         the block if the subscriber stays. If not, acknowledge it with the address that the plan shows:\n\
         \n    acknowledgements:\
         \n      - code: broadworks-subscriber-deletion\
         \n        subjects: [broadworksSubscriber/…]\
         \n        reason: contract ended, C-17";

    VOICEMAIL_MESSAGES_LOSS = "voicemail-messages-loss", Error, true,
        "Stored voice messages are lost in a change of location.",
        "An error (exit 4) until it is acknowledged, then an info: Webex does not carry stored voice messages to the new location, \
         and no administrator can export them. It concerns users who have voicemail; where the snapshot does not say, voicemail \
         counts as on. Ask the person to listen to or save the messages first. Then acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: voicemail-messages-loss\
         \n        subjects: [ana@acme.com]\
         \n        reason: Ana has saved her messages, HR-130";

    FEATURES_LEFT = "features-left", Warning, false,
        "A change of location removes a person from calling features.",
        "A warning: call queues, hunt groups, pickup groups and the like belong to a location, and a move removes the person from \
         those of the old location; a key of an auto attendant that names the old extension no longer rings anyone. Nothing is \
         permanently lost: in Control Hub, add the person to the features of the new location, and someone else to the old ones. \
         Where stored voice messages are lost in the same move, the features are named with them (`voicemail-messages-loss`). \
         Features are known if the snapshot has `features`.";

    // Renames and deletions

    RENAME_CONFLICT = "rename-conflict", Error, false,
        "An object cannot get a name that another one has.",
        "An error of the plan (exit 4): `formerly` says that an object is to be renamed, and the organisation has objects of both \
         names. Nothing is renamed. If the new one was made by mistake, delete it in Control Hub; if both are intended, remove \
         `formerly`.";

    RENAME_UNKNOWN = "rename-unknown", Error, false,
        "An object to be renamed does not exist.",
        "An error of the plan (exit 4): `formerly` says that an object is to be renamed, and the organisation has objects of neither \
         name. A typo would create a new object, and with `--base` delete the old one with its members. Correct the name, or remove \
         `formerly` if the object is new.";

    RENAMED_IN_WEBEX = "renamed-in-webex", Warning, false,
        "An object of the files has another name in Webex.",
        "A warning: the applied snapshot has an object of this name, and the object with its id has another name now, which the files \
         do not have. The plan does not create the object again: it gives the name of the files back to the one that exists. To keep \
         the new name, write it in the files wherever they have the former one. The name of a group from a directory is changed in \
         the directory only, so such a group keeps it.";

    NOT_DELETED = "not-deleted", Info, false,
        "An object that the configuration no longer names is not deleted.",
        "An info: with `--base`, what the earlier revision declared and this one does not is deleted. This object is not: it is \
         owned elsewhere, such as by a directory, or there is no request for it, as for a number without a location. trunkline no \
         longer manages it and does not change it.";

    REMOVAL_WAITS = "removal-waits", Info, false,
        "Something was removed from the files and is not deleted yet.",
        "An info: with `--base`, what the earlier revision declared and this one does not is deleted. Something of that needs manual \
         work, as the holds of the plan say. Only a plan with the same base knows that it was removed. So use this \
         base again until it is done; the workflows for GitHub do not record the commit as applied before.";

    STILL_IN_USE = "still-in-use", Error, false,
        "An object cannot be deleted, because something uses it.",
        "An error of the plan (exit 4): with `--base`, what the earlier revision declared and this one does not is deleted. Webex \
         refuses to delete what is in use; the message says by what. Free it first, in the same change or before, or declare it \
         again.";

    // Acknowledgements and guardrails

    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement-expired", Error, false,
        "An acknowledgement has expired, so a loss is no longer covered.",
        "An error of the plan (exit 4): the snapshot was captured after the day in `expires`, and this entry would have covered \
         something. An old permission must not allow a new loss. Check that the loss is still intended; then set a later \
         `expires`, or remove it. If not, undo the change that causes the loss.";

    ACKNOWLEDGEMENT_UNUSED = "acknowledgement-unused", Warning, false,
        "An acknowledgement covers nothing.",
        "A warning: this plan has no such loss for this subject. Either it was applied already, or the address is misspelt and the \
         real loss is still uncovered. Correct the subject, or delete the entry so that it does not cover something unforeseen \
         later.";

    GUARDRAIL_REMOVALS = "guardrail-removals", Error, false,
        "Too many people or workspaces would lose the same licence.",
        "An error (exit 4) that blocks the whole plan: more of the holders of this licence would lose it than \
         `guardrails.removals` allows. A mistake in one template or group is the usual cause. Read the removals in the plan and \
         undo what is not intended. If they are right, apply them in smaller steps, or have the limit raised in a separate \
         commit.\n\
         \n    guardrails:\
         \n      removals: {percent: 40, minimum: 10}";

    GUARDRAIL_UPDATES = "guardrail-updates", Error, false,
        "Too many objects of one kind would be changed at once.",
        "An error (exit 4) that blocks the whole plan: more objects of this kind would be changed or deleted than \
         `guardrails.updates` allows. Additions, and changes that only move to another subscription, do not count. Look for the \
         one line that changes so many, and undo it if it is not intended. If it is right, apply it in smaller steps, or have the \
         limit raised in a separate commit.\n\
         \n    guardrails:\
         \n      updates: {percent: 40, minimum: 10}";

    GUARDRAIL_IRREVERSIBLE = "guardrail-irreversible", Error, false,
        "The plan has too many changes that cannot be undone.",
        "An error (exit 4) that blocks the whole plan, even if every single loss is acknowledged: there are more than \
         `guardrails.irreversible` allows, 25 by default. That many losses at once are rarely intended. Read the irreversible \
         lines of the plan. If they are right, spread them over several plans, or have the limit raised in a separate commit.";

    GUARDRAIL_PROTECT = "guardrail-protect", Error, false,
        "The plan changes or deletes something that is protected.",
        "An error (exit 4) that blocks the whole plan: `guardrails.protect` names this address, and nothing about it may be \
         updated or deleted. The cause is often a template or group that reaches further than expected. Undo the change, or have \
         the address removed from `protect` in a separate commit. An address in `protect` that nothing has, and that is almost that of \
         something else, is this error, too: correct it.";

    ORDER_CYCLE = "order-cycle", Error, false,
        "Changes wait for each other in a cycle.",
        "An error (exit 4): each of these changes needs what the next one frees or makes, and the last one needs the first. No \
         order of requests does that, so they are left out of the plan; a change that needs one of them is left out too, and says \
         so. The message shows the cycle. Remove one of the changes from the files, apply the rest, and add it again.";
}
