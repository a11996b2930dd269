//! Finding codes: Webex for BroadWorks.

use crate::finding::{Code, CodePage};

codes! {
    BROADWORKS_NOT_CAPTURED = "broadworks-not-captured", Hold, false,
        "The snapshot does not say what there is of Webex for BroadWorks.",
        "A hold: nothing of the section that it names is planned. Enterprises and subscribers are read with the token of a partner's \
         administrator that has the scopes `spark-admin:broadworks_enterprises_read` and `spark-admin:broadworks_subscribers_read`; \
         the token of a customer's administrator cannot read them. Webex has no list of clusters, customer templates and BroadWorks \
         workspaces: write those that exist into a file, and give it to `trunkline snapshot --facts`. What is unknown is never taken \
         for nothing, because trunkline would provision people a second time. It is also a hold where one value is unknown that decides \
         a change: since when a subscriber is provisioned, which package it has, whether directory synchronisation is on.";

    BROADWORKS_PROVISIONING = "broadworks-provisioning", Hold, false,
        "Webex is still working on a BroadWorks subscriber.",
        "A hold: Webex has accepted the last request and works on it in the background. For the first subscriber of an enterprise that \
         takes minutes. Until it ends, Webex takes no other change of this subscriber, and nothing is planned. Take a new snapshot \
         later. If it lasts longer than an hour, look at the subscriber in Partner Hub (Settings, BroadWorks Calling, the customer \
         template, User status).";

    BROADWORKS_SUBSCRIBER_INPUT = "broadworks-subscriber-input", Hold, false,
        "A BroadWorks subscriber has to enter or confirm an address.",
        "A hold: Webex waits for the person, and no administrator can do it instead. In the state `pending_email_input` the person opens \
         the activation link and enters an address. In the state `pending_email_validation` the person opens the mail from Webex and \
         chooses Join now. Nothing else is planned for this subscriber until then. If the address is wrong, remove the subscriber and \
         add it again with the right one.";

    BROADWORKS_CONSENT = "broadworks-consent", Hold, false,
        "A BroadWorks subscriber has another Webex account and has to delete it.",
        "A hold: the address belongs to a Webex account in another organisation, and only its owner can move it \
         (`pending_user_migration`). The person opens the mail from Webex, chooses Activate account, signs in and deletes the old \
         account: what is in it is lost. Then Webex provisions the subscriber with the same address. Nothing else is planned for this \
         subscriber until then. Where the mail is lost, `trunkline broadworks consent-mail WHO --live` has Webex send it again. No \
         plan does, because nothing shows afterwards that it was sent.";

    BROADWORKS_SUBSCRIBER_FAILED = "broadworks-subscriber-failed", Warning, false,
        "Webex could not provision a BroadWorks subscriber.",
        "A warning with Webex's own text and code: the last request was accepted, and what it started has failed. Correct the cause; a \
         change of the subscriber's fields starts another attempt, and so does Retry in Partner Hub (User status). If the address or \
         the user id is wrong, remove the subscriber and add it again.";

    BROADWORKS_FIRST_SUBSCRIBER = "broadworks-first-subscriber", Info, false,
        "A subscriber is the first of its enterprise and becomes its administrator.",
        "An info: Webex makes the customer's organisation when its first subscriber is provisioned, and this person becomes its \
         administrator. Choose who that is with `firstSubscriber` of the enterprise; without it, the first by user id is taken. If the \
         address belongs to a user of an existing organisation, Webex may attach the enterprise to that organisation instead.";

    BROADWORKS_WAITS_FOR_FIRST = "broadworks-waits-for-first", Hold, false,
        "Subscribers wait until the first of their enterprise is provisioned.",
        "A hold: the first subscriber creates the organisation of the enterprise, and goes alone. The others are planned when the snapshot \
         shows it as `provisioned`. Apply this plan, wait, and plan again.";

    BROADWORKS_EMAIL_CHANGE = "broadworks-email-change", Hold, false,
        "The address of a BroadWorks subscriber is changed manually, in two places.",
        "A hold: Webex has no request that changes it. The order matters: first the address of the user in the customer's Control Hub \
         (Users, the user, Edit), then the e-mail ID of the user in BroadWorks, and the alternate ID with it. Nothing is replaced, and \
         the account stays. The hold closes when the snapshot shows the new address.";

    BROADWORKS_USER_ID_CHANGE = "broadworks-user-id-change", Error, false,
        "A BroadWorks user id would change for one account.",
        "An error: a new subscriber has the address of one that exists under another BroadWorks user id. The user id of an account never \
         changes, so a new id is a replacement: the old subscriber is removed, and a new one is provisioned. Write `state: absent` at the \
         old user id and acknowledge it (`broadworks-subscriber-deletion`). In the same plan the new one follows the removal.";

    BROADWORKS_REPLACEMENT = "broadworks-replacement", Hold, false,
        "A BroadWorks subscriber is removed now and added again by the next plan.",
        "A hold: neither the enterprise nor the customer template of a subscriber can be changed, and a changed template reaches only who is \
         provisioned after it (`reprovision`). This plan removes the subscriber, which has to be acknowledged \
         (`broadworks-subscriber-deletion`); the next one adds it as the files say. Between the two the person has no service. Nobody is \
         removed of whom the files lack something that adding needs (`broadworks-incomplete`).";

    BROADWORKS_TEMPLATE_FIRST = "broadworks-template-first", Error, false,
        "A subscriber would be provisioned again before its customer template is changed.",
        "An error: `reprovision` removes a subscriber and adds it again, so that a changed customer template reaches the person. If the \
         template is not changed first, the person loses the service for nothing. It is also an error where an organisation is to be \
         attached and the template, as it was recorded, does not provision existing organisations. Change the template in Partner Hub, write it under \
         `broadworks.customerTemplates` in the file for `--facts`, and take a new snapshot. If that file does not say what the template has, it counts as not \
         changed.";

    BROADWORKS_PACKAGE_SITE = "broadworks-package-site", Warning, false,
        "A change of package moves a subscriber to another meeting site.",
        "A warning: Standard and Premium have meeting sites of their own, Basic and Softphone have none. Meetings take place on the site \
         of the new package from then on. The old site and what was recorded there stay and are accessible to its administrator. New \
         settings of the personal room can take two to three hours. A subscriber who is an administrator appears on both sites.";

    BROADWORKS_BILLING_SPLIT = "broadworks-billing-split", Info, false,
        "Changes split the billing of this month.",
        "An info: a change of the package or of the BroadWorks user id gives several entries in the billing report of the month, before and \
         after the change, each for its share of the month.";

    BROADWORKS_NUMBER_OR_EXTENSION = "broadworks-number-or-extension", Error, false,
        "A BroadWorks subscriber or workspace would have neither number nor extension.",
        "An error: Webex refuses it, and nothing else of this subscriber or workspace is planned. Numbers and extensions belong to \
         BroadWorks; write under `primaryPhoneNumber` or `extension` what BroadWorks has.";

    BROADWORKS_INCOMPLETE = "broadworks-incomplete", Error, false,
        "Something that a new BroadWorks subscriber needs is missing.",
        "An error: a new subscriber needs `firstName`, `lastName`, and the provisioning id of the customer template. The provisioning id \
         is known where the snapshot has an enterprise with the same template; otherwise write it as `provisioningId` under \
         `broadworks.customerTemplates`. Partner Hub shows it with the template (Settings, BroadWorks Calling, View template). One that is \
         removed and added again needs `email` as well, even where Webex does not tell an address.";

    BROADWORKS_SUBSCRIBER_STAYS = "broadworks-subscriber-stays", Error, false,
        "A person is to be deleted whose BroadWorks subscription stays.",
        "An error: the subscription is billed until it is removed, and removing it needs the subscriber. So the person is not deleted. \
         Write `state: absent` at the subscriber as well, and acknowledge both: the subscriber goes first, then the person. Where the \
         enterprise is detached, the person waits. It is a hold where the snapshot does not say which subscribers there are, or whose one \
         of them is.";

    BROADWORKS_DIRECTORY_SYNC_DELETION = "broadworks-directory-sync-deletion", Error, true,
        "Switching directory synchronisation off deletes every synchronised person.",
        "An error (exit 4) until it is acknowledged, then an info: with `enableDirSync: false` Webex deletes all people of this enterprise \
         that the synchronisation has made. That cannot be undone, and takes long where they are many. Set `enableDirSync: true`, or \
         remove the line, to keep them. If it is intended, acknowledge it with the number of people that the plan shows: if there are more \
         now, or the snapshot does not say how many, the entry covers nothing. `guardrail-directory-sync` limits the number, too:\n\
         \n    acknowledgements:\
         \n      - code: broadworks-directory-sync-deletion\
         \n        subjects: [broadworksEnterprise/…]\
         \n        people: 12\
         \n        reason: contract ended, C-17";

    BROADWORKS_SYNC_FAILED = "broadworks-sync-failed", Warning, false,
        "The last directory synchronisation of an enterprise has failed.",
        "A warning with Webex's own text: people and numbers of the enterprise may be outdated in Webex. Look in Partner Hub (Settings, \
         BroadWorks Calling, the customer template, Customer sync status).";

    BROADWORKS_ENTERPRISE_WAITS = "broadworks-enterprise-waits", Hold, false,
        "An enterprise does not exist yet.",
        "A hold: the Webex API cannot create an enterprise. Its organisation is created with its first subscriber; the settings of the \
         enterprise are planned after that. Declare a subscriber of this enterprise if there is none.";

    BROADWORKS_BY_HAND = "broadworks-by-hand", Hold, false,
        "Something of Webex for BroadWorks can be changed only manually.",
        "A hold: Webex has no request for it, or none whose effect could be read back. The help says where it is changed. The hold closes \
         when the snapshot shows the new value; what no list of Webex has comes from the file that `--facts` names.";

    CALLING_PLATFORM_CONFLICT = "calling-platform-conflict", Error, false,
        "A person would have both Webex Calling and a BroadWorks subscription.",
        "An error: a person calls either with Webex Calling or through BroadWorks, and the app shows only one of them. About a \
         subscriber: nothing is planned for it. About a person who has a subscription already: nothing of Webex Calling is planned \
         but its removal (`licenses: {remove: [calling]}`, which needs an acknowledgement `calling-loss`); other licences are. \
         Remove one of the two. A warning where the same plan removes the subscription: plan again after it is applied.";

    GUARDRAIL_DIRECTORY_SYNC = "guardrail-directory-sync", Error, false,
        "Switching directory synchronisation off would delete too many people.",
        "An error (exit 4), acknowledged or not: more people than `guardrails.directorySync` allows would be deleted, or it is unknown how \
         many. The default is 25. If it is intended, raise it in a separate commit, and set it back afterwards.";

    GUARDRAIL_RESTRICTED_BY_PARTNER = "guardrail-restricted-by-partner", Error, false,
        "The plan has changes that only the partner of the organisation may make.",
        "An error (exit 4) where the files say `org.restrictedByPartner: true`, because the service provider has switched on Restricted by \
         Partner for this customer. Then the role of a customer's administrator does not count: Webex lets only a partner's administrator \
         add and delete people, and change their licences and work number. Names stay editable. Nothing of the plan is sent, so that no \
         run ends halfway with refusals. An administrator of the partner makes these changes in Partner Hub (Customers, the organisation), \
         or switches the mode off there; then write `org.restrictedByPartner: false`. `--target` plans and applies the rest.";
}
