//! The vendor's API on one screen: the public name, the verb, the path, who may call, and what
//! answers.

use super::Route::{self, Open, User};
use super::{avatar, discovery, password, people, tickets};
use crate::dialects::routes;

routes! {
    "alfresco" => Route;

    "/alfresco/api/{network}/public/alfresco/versions/1" {
        "createPerson"               POST   "/people"                                   => User(people::create),
        "listPeople"                 GET    "/people"                                   => User(people::list),
        "getPerson"                  GET    "/people/{personId}"                        => User(people::get),
        "updatePerson"               PUT    "/people/{personId}"                        => User(people::update),
        "getAvatarImage"             GET    "/people/{personId}/avatar"                 => User(avatar::get),
        "updateAvatarImage"          PUT    "/people/{personId}/avatar"                 => User(avatar::update),
        "deleteAvatarImage"          DELETE "/people/{personId}/avatar"                 => User(avatar::delete),
        "requestPasswordReset"       POST   "/people/{personId}/request-password-reset" => Open(password::request_reset),
        "resetPassword"              POST   "/people/{personId}/reset-password"         => Open(password::reset),
        "deauthorize"                POST   "/people/{personId}/deauthorize"            => User(people::not_in_community),
        "requestReauthorizationCode" POST   "/people/{personId}/reauthorization-code"   => User(people::not_in_community),
        "reauthorize"                POST   "/people/{personId}/reauthorize"            => User(people::not_in_community),
    }

    "/alfresco/api/{network}/public/authentication/versions/1" {
        "createTicket"               POST   "/tickets"                                  => Open(tickets::create),
        "validateTicket"             GET    "/tickets/{ticketId}"                       => User(tickets::validate),
        "deleteTicket"               DELETE "/tickets/{ticketId}"                       => User(tickets::delete),
    }

    "/alfresco/api" {
        "getRepositoryInformation"   GET    "/discovery"                                => User(discovery::get),
    }
}
