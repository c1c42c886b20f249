//! The vendor's API on one screen: the public name, the verb, the path, the statuses of good answers, who may
//! call, and what answers.

use super::Route::{self, Open, User};
use super::{avatar, discovery, password, people, tickets};
use crate::dialects::routes;

routes! {
    "alfresco" => Route;

    "/alfresco/api/{network}/public/alfresco/versions/1" {
        "createPerson"               POST   "/people"                                   [201]           => User(people::create),
        "listPeople"                 GET    "/people"                                   [200]           => User(people::list),
        "getPerson"                  GET    "/people/{personId}"                        [200]           => User(people::get),
        "updatePerson"               PUT    "/people/{personId}"                        [200]           => User(people::update),
        "getAvatarImage"             GET    "/people/{personId}/avatar"                 [200, 206, 304] => User(avatar::get),
        "updateAvatarImage"          PUT    "/people/{personId}/avatar"                 [200]           => User(avatar::update),
        "deleteAvatarImage"          DELETE "/people/{personId}/avatar"                 [204]           => User(avatar::delete),
        "requestPasswordReset"       POST   "/people/{personId}/request-password-reset" [202]           => Open(password::request_reset),
        "resetPassword"              POST   "/people/{personId}/reset-password"         [202]           => Open(password::reset),
        "deauthorize"                POST   "/people/{personId}/deauthorize"            [501]           => User(people::not_in_community),
        "requestReauthorizationCode" POST   "/people/{personId}/reauthorization-code"   [501]           => User(people::not_in_community),
        "reauthorize"                POST   "/people/{personId}/reauthorize"            [501]           => User(people::not_in_community),
    }

    "/alfresco/api/{network}/public/authentication/versions/1" {
        "createTicket"               POST   "/tickets"                                  [201]           => Open(tickets::create),
        "validateTicket"             GET    "/tickets/{ticketId}"                       [200]           => User(tickets::validate),
        "deleteTicket"               DELETE "/tickets/{ticketId}"                       [204]           => User(tickets::delete),
    }

    "/alfresco/api" {
        "getRepositoryInformation"   GET    "/discovery"                                [200]           => User(discovery::get),
    }
}
